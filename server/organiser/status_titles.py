"""Titles of columns that say whether a ticket counts, in the languages of shops and form programs.

Words anywhere in a title count, so that `Ticket Status` and `approval_status` are found. What a
column says by its title alone makes yes, no and dates understood (ticket_status.py).
"""

import re
from enum import Enum

from server.organiser.pretix_words import TITLES
from server.organiser.status_words import words_of


class Kind(Enum):
    """What a column says by its title alone, so that yes and no can be understood."""

    STATUS = "status"
    """Words; yes and no mean nothing."""
    BY_VALUES = "by values"
    """A title that says nothing above values that do; an empty cell says nothing."""
    ENDS = "ends"
    """Yes, or a date: canceled. No, or nothing: says nothing."""
    WAITS = "waits"
    """Yes, or a date: pending. No, or nothing: says nothing."""
    ALLOWS = "allows"
    """Yes, or a date: valid. No, or nothing: pending."""
    COMES = "comes"
    """Yes: valid. No: canceled. Nothing: pending."""
    VISITED = "visited"
    """Yes, no, a date or nothing: says nothing of the ticket."""


_STATUS = (
    r"status|zustand\b|\b(statut|situacao|situacion|tila|durum\w*|allapot\w*|stav|stare)\b",
    r"\btrang thai\b|สถานะ|审核|審核|結果|结果",
    r"^((application|registration|selection) )?(decision|outcome|stage|result|response)$",
    r"статус|состояние|κατασταση|الحالة|وضعیت|स्थिति|סטטוס|状态|狀態|ステータス|状況|상태",
)
_STATUS_OR_REGION = (r"\b(state|etat|estado|estat|stato|stan)\b", r"стан\b")
_ENDS = (
    r"\b(cancel|cancell?ed|cancell?ation|cancel·lat|refunde?d?|declined|denied|rejected|void(ed)?)\b",
    r"\b(blocked|banned|revoked|expired|deleted|removed|withdrawn|suspended|inactive|invalid)\b",
    r"\b(storn\w*|abgesagt|absage|abgelehnt|gesperrt|blockiert|erstattet|abgelaufen|ungultig)\b",
    r"\b(annulee?s?|annulation|rembours\w*|refusee?s?|bloquee?s?|rejetee?s?)\b",
    r"\b(cancelad\w*|cancelacion|anulad\w*|reembols\w*|rechazad\w*|bloquead\w*)\b",
    r"\b(annullat\w*|cancellat\w*|rimbors\w*|rifiutat\w*|bloccat\w*|recusad\w*)\b",
    r"\b(geannuleerd|geblokkeerd|terugbetaald|afgewezen|avbokad|blockad|kansellert|blokkert)\b",
    r"\b(annulleret|blokeret|peruutettu|peruttu|blokattu|anulowan\w*|zablokowan\w*|zrusen\w*)\b",
    r"\b(zablokovan\w*|torolve|blokkolva|iptal|engellendi|đa huy|diblokir|dibatalkan|blocat)\b",
    r"\b(ruckerstatt\w*|zuruckgezogen|geloscht|archiviert|archived|disabled|chargeback|kumottu)\b",
    r"отмен|заблокир|возврат|скасован|заблокован|ακυρ|محجوب|محظور|ملغ|لغو|रद्द|בוטל",
    r"取消|退款|封锁|封鎖|冻结|作废|拒绝|拒絕|过期|過期|キャンセル|ブロック|返金|취소|차단|환불",
)
_WAITS = (
    r"\b(wait ?list(ed)?|waiting list|warteliste|liste d attente|lista de espera|lista d attesa)\b",
    r"\b(wachtlijst|vantelista|venteliste|bekleme listesi|danh sach cho|pending|on hold)\b",
    r"лист ожидания|قائمة الانتظار|候补|候補|キャンセル待ち|대기자",
)
_ALLOWS = (
    r"^(is )?(paid|approved|confirmed|accepted|valid|active)( at| on)?$|\bapproval\b",
    r"^(ticket|registration|payment|order|entry|place|has|fully|is)( is| fully)? "
    r"(paid|confirmed|received|approved|valid|active|accepted|completed?)$",
    r"^(have you|has|hast du|haben sie) (already |schon )?(paid|bezahlt|gezahlt)\b",
    r"^(payment|zahlung|bezahlung|paiement|enabled|gultig|zugesagt)$|是否(付款|支付|缴费)",
    r"^(is )?(admitted|selected|eligible|zugelassen|ausgewahlt|angenommen|admise?|admitid[oa])$",
    r"^(bezahlt|bestatigt|genehmigt|freigabe|freigegeben|payee?|confirmee?|approuvee?|validee?)$",
    r"^(approbation|aprobacion|pagad[oa]|confirmad[oa]|aprobad[oa]|pagat[oa]|confermat[oa]|pag[oa])$",
    r"^(betaald|betald|betalt|maksettu|opłacon[ea]|zaplaceno|odendi|оплачено|支付|付款|已付款|支払い済み)$",
)
_COMES = (
    r"\brsvp\b|^(attending|attendance|going|coming|participating)$",
    r"^(will|are|can|do) you (be |plan to )?(attend(ing)?|going|coming|participat\w+|join(ing)?)"
    r"( us)?( to)?( (this|the|our) (event|conference|meeting|assembly|festival|camp|summit))?$",
    r"^(teilnahme|zusage|nimmt teil|participation|presence|asistencia|asistira|参加|出席|出欠)$",
    r"^(do you )?confirm( your| my)? (attendance|participation)$|是否(参加|出席)",
    r"^(attendance|participation) (confirmed|confirmation)$|^zu (und )?absage$|^ruckmeldung$",
    r"^(kommst du|kommen sie|nimmst du teil|nehmen sie teil)( zu[rm]? \w+)?$",
    r"^(serez vous presente?|participez vous|viendrez vous|asistiras|asistira usted|vienes)$",
)
_ALLOWS_ANYWHERE = (
    r"\b(paid|payment|approv\w*|accepted|acceptance|confirm\w*|valid|verified|validated|eligible)\b",
    r"\b(admitted|admission|decision|registered|good standing|payed|received|selected|granted)\b",
    r"\b(\w*bezahlt|gezahlt|zahlung\w*|zahldatum|bestatigt|genehmigt|zugelassen|zulassung|einlass)\b",
    r"\b(stimmberechtigt|angenommen|zugesagt|freigegeben|payee?s?|paiement|accept\w*|valid\w*)\b",
    r"\b(confirm\w*|approuv\w*|pagad\w*|pago|aprobad\w*|admitid\w*|pagat\w*|approvat\w*)\b",
    r"\b(betaald|bevestigd|betald|betalt|maksettu)\b|оплач|подтвержд|одобр|支付|付款|确认|確認|承認",
)
_COMES_ANYWHERE = (
    r"\b(attend\w*|coming|come|join(ing)?|make it|be there|participat\w*|taking part|dabei)\b",
    r"\b(kommt|komme|kommst|teilnahme|teilnehmen|vient|viens|viendra\w*|particip\w*|presente?)\b",
    r"\b(asist\w*|viene|vienes|vendra\w*|partecip\w*|verra)\b|参加|出席|참석",
)
_ENDS_ANYWHERE = (
    r"\b(not attending|not coming|not going|unable to|cannot|can t|won t|will not|disqualified)\b",
    r"\b(resigned|deceased|left|duplicate|spam|fraud|no longer|dropped|excluded|quit)\b",
    r"\b(ausgetreten|austritt|verstorben|gekundigt|kundigung|nicht teil|doppelt|ausgeschlossen)\b",
    r"\b(demission\w*|decede\w*|doublon|exclu\w*|baja|renuncia|fallecid\w*|duplicad\w*)\b",
)
_VISITED = (
    r"\bcheck(ed)? ?(in|out)s?\b|\bchecked\b|\beingecheckt\b|\bscanned\b",
    r"^(attended|present|anwesend|anwesenheit|no show)$",
    r"签到|簽到|签入|入場|チェックイン|체크인",
)
_ADDRESS = (
    r"\b(home|billing|shipping|ship|bill|work|mailing|invoice|postal|residence|buyer|venue)\b",
    r"\b(address|province|region|country|county|territory|city|zip|facturation|factura|provincia)\b",
)
_TERMS = (
    r"\b(policy|policies|terms|conditions|deadline|insurance|agree|understand|bedingungen)\b|政策|条款",
)


_BLOCKED = frozenset(words_of(title) for title in TITLES["blocked"])


def kind_of(title: str) -> Kind | None:
    """What a column with this title says; None if it does not look like a status."""
    words = words_of(title)
    if words in _BLOCKED:
        return Kind.ENDS
    if _found(_TERMS, words):
        return None
    for kind, patterns in (
        (Kind.WAITS, _WAITS),
        (Kind.ENDS, _ENDS),
        (Kind.ALLOWS, _ALLOWS),
        (Kind.COMES, _COMES),
        (Kind.VISITED, _VISITED if not _found(_STATUS, words) else ()),
        (Kind.STATUS, _STATUS),
    ):
        if _found(patterns, words):
            return kind
    if _found(_STATUS_OR_REGION, words) and not _found(_ADDRESS, words):
        return Kind.STATUS
    return None


def kind_by_values(title: str) -> Kind | None:
    """What a title says that names a status somewhere among other words.

    Only for columns whose values are nothing but yes, no and dates: "Payment method" is no status.
    """
    words = words_of(title)
    if _found(_TERMS, words) or _found(_VISITED, words):
        return None
    for kind, patterns in (
        (Kind.ENDS, _ENDS_ANYWHERE),
        (Kind.ALLOWS, _ALLOWS_ANYWHERE),
        (Kind.COMES, _COMES_ANYWHERE),
    ):
        if _found(patterns, words):
            return kind
    return None


def may_be_region(title: str) -> bool:
    """Whether a title like `State` may as well be part of an address."""
    words = words_of(title)
    return _found(_STATUS_OR_REGION, words) and not _found(_STATUS, words)


def is_address_part(title: str) -> bool:
    """Whether a column is a city, a postal code or a country."""
    return re.search(_PLACE, words_of(title)) is not None


_PLACE = (
    r"\b(city|town|zip|zip code|postcode|postal code|country|address|street|stadt|ort|plz|land)\b"
    r"|\b(postleitzahl|strasse|ville|code postal|pays|ciudad|codigo postal|pais|citta|cap|paese)\b"
    r"|\b(cidade|cep|woonplaats|postcode|stad|postnummer|miasto|mesto|kaupunki|sehir)\b"
    r"|город|индекс|страна|城市|邮政编码|國家|国家|郵便番号|住所|도시"
)


def _found(patterns: tuple[str, ...], words: str) -> bool:
    return any(re.search(pattern, words) for pattern in patterns)
