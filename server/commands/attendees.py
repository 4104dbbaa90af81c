"""`symbolon-server attendees …`: every verb, each in the file of its idea."""

import typer

from server.commands.attendee_endings import delete, reissue, remove, restore
from server.commands.attendee_import import import_list
from server.commands.attendee_links import write_claim_links
from server.commands.attendee_people import add, change, edit, transfer
from server.commands.attendee_views import list_attendees, show_attendee

commands = typer.Typer(
    help="Attendees: lists in, claim links out, and whatever happens to a ticket.",
    no_args_is_help=True,
)

for verb, command in (
    ("import", import_list),
    ("list", list_attendees),
    ("show", show_attendee),
    ("links", write_claim_links),
    ("add", add),
    ("edit", edit),
    ("transfer", transfer),
    ("change", change),
    ("remove", remove),
    ("restore", restore),
    ("reissue", reissue),
    ("delete", delete),
):
    commands.command(verb)(command)
