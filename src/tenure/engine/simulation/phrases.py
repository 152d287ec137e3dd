"""What people write, in five languages: subjects, mails, comments, wishes."""

TICKETS = {
    "de": "Export bricht ab|Anmeldung nicht möglich|Frage zur Rechnung|Zahlen stimmen nicht|"
    "Wie lege ich Benutzer an?|Import „hängt“ bei 99 %",
    "nl": "Export mislukt|Kan niet inloggen|Vraag over factuur|Cijfers kloppen niet|"
    "Hoe voeg ik collega’s toe?|Import blijft hangen",
    "it": "L'esportazione si blocca|Accesso impossibile|Domanda sulla fattura|I numeri non tornano|"
    "Come aggiungo utenti?|Importazione ferma",
    "en": "Export fails halfway|Cannot sign in|Question about our invoice|Numbers don't add up|"
    "How do I add users?|Import stuck at 99% <urgent!>",
    "zh": "导出失败|无法登录|发票问题|数据不一致|如何添加用户？|导入卡住了",
}
OUTAGE = {
    "de": "Dienst nicht erreichbar!",
    "nl": "Dienst niet bereikbaar",
    "it": "Servizio non raggiungibile",
    "en": "Service is down?",
    "zh": "系统无法访问",
}
MAILS = {
    "de": "Wie läuft es bei Ihnen?|Ihre Verlängerung|Neues im Produkt|Standortbestimmung",
    "nl": "Hoe gaat het bij jullie?|Uw verlenging|Nieuw in het product|Afspraak voor evaluatie",
    "it": "Come va da voi?|Il vostro rinnovo|Novità nel prodotto|Incontro di verifica",
    "en": "How is it going?|Your renewal|New in the product|Time for a business review",
    "zh": "近况如何？|关于续约|产品更新|业务回顾会议",
}
REPLIES = {
    "de": "Danke, läuft gut.|Ehrlich gesagt nutzen wir es kaum.|Rufen Sie mich bitte an.",
    "nl": "Dank, gaat prima.|Eerlijk gezegd gebruiken we het weinig.|Bel me even.",
    "it": "Grazie, tutto bene.|A dire il vero lo usiamo poco.|Mi chiami, per favore.",
    "en": "Thanks, going well.|To be honest we hardly use it.|Please call me.",
    "zh": "谢谢，一切顺利。|说实话我们很少用。|请给我打电话。",
}
PRAISE = {
    "de": "Spart uns jede Woche einen Tag.|Tolles Team!|Läuft einfach.",
    "nl": "Scheelt ons een dag per week.|Top ondersteuning!|Werkt gewoon.",
    "it": "Ci fa risparmiare un giorno a settimana.|Ottima assistenza!|Funziona e basta.",
    "en": "Saves us a day every week.|Great support 👍|It just works.",
    "zh": "每周节省一天时间。|支持很好！|很稳定。",
}
BLAME = {
    "de": "Zu teuer geworden.|Ständig Ausfälle.|Keiner bei uns versteht es.",
    "nl": "Te duur geworden.|Steeds storingen.|Niemand hier snapt het.",
    "it": "È diventato troppo caro.|Troppi disservizi.|Nessuno da noi lo capisce.",
    "en": "Got too expensive.|Too many outages.|Nobody here understands it & we gave up.",
    "zh": "太贵了。|经常宕机。|没人会用。",
}
OUTCOMES = {
    "de": "Berichtszeit halbieren|Alle Standorte angebunden|Bestandsfehler unter 1 %|"
    "Monatsabschluss in 3 Tagen",
    "nl": "Rapportagetijd halveren|Alle vestigingen aangesloten|Voorraadfouten onder 1%|"
    "Maandafsluiting in 3 dagen",
    "it": "Dimezzare i tempi di reportistica|Tutte le sedi collegate|Errori di stock sotto l'1%|"
    "Chiusura mensile in 3 giorni",
    "en": "Halve the time for reports|All sites connected|Stock errors below 1%|"
    "Close the month in 3 days",
    "zh": "报表时间减半|接入所有分公司|库存误差低于1%|三天完成月结",
}
OUTCOME_METRICS = ("hours per report", "sites connected", "stock error rate", "days to close")
OUTCOME_TARGETS = ("-50 %", "100 %", "< 1 %", "3")


def pick(phrases: dict[str, str], language: str, number: int) -> str:
    """The number-th phrase of a language, counted round."""
    choices = phrases[language].split("|")
    return choices[number % len(choices)]
