"""Words by which lists say whether a ticket counts: valid, pending or canceled.

Source: what pretix, Luma, Eventbrite, Tito and common shops write, in the languages that their
users see; pretix's words as its own translations have them. A word that is not here is never
guessed: the organiser is asked (ticket_status.py).
"""

import re
from collections.abc import Collection, Iterable
from typing import Final

from credentials.formats.text import fold
from server.organiser import pretix_words
from server.organiser.column_titles import without_accents
from server.organiser.ticket import TicketState

_NOT_WORDS = re.compile(r"[\s_\-./:*?!¿¡()\[\]'\"+,]+")
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])")


def words_of(text: str) -> str:
    """`text` as words in small letters without accents, with single spaces between them."""
    return _NOT_WORDS.sub(" ", without_accents(fold(_HUMPS.sub(" ", text)))).strip()


def _words(*lines: str, pretix: Iterable[str] = ()) -> frozenset[str]:
    words = (word for line in lines for word in line.split(","))
    return frozenset(words_of(word) for word in (*words, *pretix))


VALID: Final = _words(
    "paid,paid in full,fully paid,overpaid,free,comp,complimentary,approved,accepted,going",
    "attending,confirmed,valid,complete,completed,active,registered,enrolled,booked,issued",
    "assigned,sold,purchased,placed,succeeded,successful,success,fulfilled,settled,captured",
    "redeemed,used,attended,checked in,not checked in,checked out,present,joined,member",
    "current,ok,pending (confirmed),bezahlt,bestätigt,gültig,angenommen,genehmigt,aktiv",
    "angemeldet,zugesagt,freigegeben,eingecheckt,abgeschlossen,gebucht,ausstehend (bestätigt)",
    "payé,payée,confirmé,confirmée,validé,validée,valide,approuvé,approuvée,accepté,acceptée",
    "inscrit,inscrite,actif,terminé,terminée,en attente (confirmé),pagado,pagada,confirmado",
    "confirmada,aprobado,aprobada,aceptado,aceptada,válido,válida,activo,activa,inscrito",
    "inscrita,completado,completada,pendiente (confirmado),pagato,pagata,confermato",
    "confermata,approvato,approvata,valido,attivo,in attesa (confermato),pago,paga,aprovado",
    "aprovada,aceito,ativo,pendente (confirmado),betaald,bevestigd,geldig,goedgekeurd",
    "in behandeling (bevestigd),betald,bekräftad,betalt,bekreftet,bekræftet,maksettu",
    "vahvistettu,odottaa (vahvistettu),opłacona,opłacone,potwierdzone,w toku (potwierdzone)",
    "zaplaceno,potvrzeno,fizetve,megerősítve,ödendi,ödenmiş,onaylandı,geçerli,đã thanh toán",
    "đã xác nhận,pagat,confirmat,dibayar,оплачено,подтверждено,подтверждён,действителен",
    "сплачено,підтверджено,πληρώθηκε,مدفوع,مؤكد,مقبول,قيد الانتظار (تم تأكيده),پرداخت شده",
    "تأیید شده,भुगतान किया,पुष्ट,支付,付款,已付款,已支付,已确认,已確認,已批准,已通过,已通過",
    "有效,已报名,已報名,已完成,已签到,待定（已確認）,支払い済み,支払済み,確認済み,承認済み",
    "有効,参加,保留中（確認済み）,지불,결제 완료,확인됨,승인됨,유효,참석,대기중(승인됨)",
    pretix=pretix_words.VALID,
)
PENDING: Final = _words(
    "pending,pending approval,approval pending,pending payment,payment pending",
    "pending confirmation,waiting,waitlist,waitlisted,waiting list,on waitlist",
    "on waiting list,wait list,invited,invite sent,unpaid,not paid,partially paid",
    "awaiting payment,awaiting approval,open,outstanding,due,overdue,maybe,interested",
    "tentative,unconfirmed,not confirmed,unapproved,requested,applied,submitted,draft",
    "processing,in process,in progress,on hold,incomplete,started,reserved,no response",
    "no reply,not responded,undecided,under review,in review,review,new,authorized",
    "needs action,unassigned,ausstehend,freigabe ausstehend,offen,unbezahlt,nicht bezahlt",
    "warteliste,auf warteliste,eingeladen,vielleicht,angefragt,reserviert,wartend,vorgemerkt",
    "in bearbeitung,unbestätigt,en attente,approbation en attente,en attente d'approbation",
    "liste d'attente,sur liste d'attente,invité,invitée,non payé,impayé,peut-être,en cours",
    "pendiente,aprobación pendiente,pendiente de aprobación,lista de espera",
    "en lista de espera,en espera,invitado,invitada,no pagado,impagado,quizás,tal vez",
    "in attesa,in attesa di approvazione,lista d'attesa,invitato,invitata,non pagato,forse",
    "pendente,aprovação pendente,convidado,não pago,talvez,openstaand,in behandeling",
    "wacht op goedkeuring,wachtlijst,uitgenodigd,niet betaald,misschien,avvaktande,väntande",
    "väntar godkännande,väntelista,avventer,afventer,godkendelse afventer,godkjenning venter",
    "venteliste,odottaa,odottaa hyväksyntää,jonossa,w toku,zatwierdzenie w toku,oczekujące",
    "lista rezerwowa,chybějící,čeká na zaplacení,függőben,engedélyre vár,beklemede,bekliyor",
    "bekleniyor,bekleme listesi,davetli,đang chờ,chờ duyệt,danh sách chờ,pendent",
    "pendent d'aprovació,tertunda,persetujuan tertunda,ожидание,ожидает,в ожидании",
    "не завершено,не оплачено,лист ожидания,приглашён,в очікуванні,в очікуванні затвердження",
    "εκκρεμής,قيد الانتظار,في انتظار الموافقة,قائمة الانتظار,مدعو,غير مدفوع,در انتظار",
    "لیست انتظار,लंबित,प्रतीक्षा सूची,待处理的,待处理,待付款,待支付,待审核,待定,等待,等待批准",
    "等待中,候补,候補,候补名单,已邀请,未付款,未支付,待處理,待審核,已邀請,保留中,承認保留中",
    "未払い,キャンセル待ち,招待済み,申請中,待定（逾期）,대기중,대기 중,승인 대기중,미결제",
    "대기자,초대됨",
    pretix=pretix_words.PENDING,
)
CANCELED: Final = _words(
    "canceled,cancelled,cancellation,canceled (paid fee),declined,denied,rejected,refused",
    "not approved,refunded,fully refunded,refund,expired,blocked,void,voided,invalid,revoked",
    "deleted,removed,withdrawn,not attending,not going,can't go,can't attend,cannot attend",
    "cant go,won't attend,absent,no longer attending,unsubscribed,unregistered,abandoned",
    "failed,charged back,chargeback,disputed,suspended,banned,inactive,ended,terminated",
    "resigned,closed,lapsed,unsuccessful,deactivated,storniert,storno,abgesagt,abgemeldet",
    "abgelehnt,erstattet,abgelaufen,gesperrt,ungültig,gelöscht,storniert (bezahlte gebühr)",
    "abgebrochen,zurückgezogen,inaktiv,widerrufen,blockiert,nimmt nicht teil,annulé,annulée",
    "annulé (frais payés),refusé,refusée,remboursé,remboursée,expiré,expirée,bloqué,bloquée",
    "rejeté,rejetée,supprimé,supprimée,décliné,déclinée,invalide,inactif,absente,cancelado",
    "cancelada,cancelado (tarifa pagada),anulado,anulada,rechazado,rechazada,reembolsado",
    "reembolsada,expirado,expirada,vencido,vencida,bloqueado,bloqueada,inactivo,eliminado",
    "no asistirá,annullato,annullata,cancellato,cancellata,rifiutato,rifiutata,rimborsato",
    "rimborsata,scaduto,bloccato,bloccata,annullato (quota pagata),recusado,recusada",
    "cancelado (taxa paga),geannuleerd,geannuleerd (betaalde kosten),afgewezen,terugbetaald",
    "verlopen,geblokkeerd,ongeldig,avbokad,avbruten (betalad avgift),inställd,återbetald",
    "utgången,blockad,avslagen,avböjd,kansellert,avlyst,utløpt,refundert,avslått,annulleret",
    "annulleret (gebyr betalt),udløbet,afvist,peruutettu,peruutettu (maksettu maksu),peruttu",
    "hylätty,vanhentunut,estetty,palautettu,anulowane,anulowane (opłata uiszczona),anulowana",
    "odrzucone,wygaśnięte,zablokowane,zwrócone,zrušeno,vypršelá platnost,odmítnuto,törölve",
    "törölve (díj kifizetve),lejárt,lemondva,iptal,iptal edildi,reddedildi,iade edildi",
    "süresi doldu,engellendi,đã hủy,đã huỷ,từ chối,hết hạn,đã hoàn tiền,cancel·lat,expirat",
    "dibatalkan,kedaluwarsa,ditolak,отменено,отменён,отклонено,отклонён,возвращено,истекло",
    "заблокировано,заблокирован,недействителен,скасовано,відхилено,ακυρώθηκε,έχει λήξει",
    "تم إلغاؤه,تم إلغاؤها (تم دفع الرسوم),ملغى,ملغي,مرفوض,منتهي الصلاحية,محظور,مسترد,لغو شده",
    "رد شده,رद्द,रद्द,अस्वीकृत,取消的,取消,已取消,已被取消,取消（已付费用）",
    "已取消（已支付费用）,已拒绝,已拒絕,拒绝,过期的,过期,已过期,過期,已過期,已退款,退款",
    "已封锁,已封鎖,封鎖,冻结,无效,無效,作废,不参加,キャンセル済み",
    "キャンセル済み（手数料徴収済み）,キャンセル,拒否,却下,返金済み,期限切れ,無効,欠席,辞退",
    "취소,취소됨,취소된 (유료),거절됨,환불됨,만료됨,차단됨,무효,불참",
    pretix=pretix_words.CANCELED,
)
SAYS_NOTHING: Final = _words(
    "n/a,na,none,-,–,—,k. a.,s. o.",
)
YES: Final = _words(
    "yes,y,true,1,x,✓,✔,ja,j,wahr,oui,vrai,si,sí,sì,verdadero,vero,sim,verdadeiro,tak,ano",
    "igen,evet,kyllä,да,так,ναι,نعم,بله,हाँ,是,はい,예,có,iya,on",
    pretix=pretix_words.YES,
)
NO: Final = _words(
    "no,n,false,0,0.00,nein,falsch,non,faux,falso,não,nee,nej,nei,nie,ne,nem,hayır,ei,нет,ні",
    "όχι,لا,نه,नहीं,否,いいえ,아니요,không,tidak,off",
)

STATES: Final = {
    **dict.fromkeys(VALID, TicketState.VALID),
    **dict.fromkeys(PENDING, TicketState.PENDING),
    **dict.fromkeys(CANCELED, TicketState.CANCELED),
}


EVERYDAY: Final = _words("new,open,started,review,in review,closed,ended,due,draft,absent")


def tells_apart(values: Collection[str], *, certainly: bool) -> bool:
    """Whether what stands in a column is a status for all that its title says nothing of one.

    values: its different values, as words. At least half are known, all of them where it must be
    certain, and one of them says no.
    """
    known = [value for value in values if value in STATES]
    says_no = any(STATES[value] is not TicketState.VALID for value in set(known) - EVERYDAY)
    return says_no and (1 if certainly else 2) * len(known) >= len(values)
