"""The community's signed metadata: name, keys, schema, events, doors and apps."""
