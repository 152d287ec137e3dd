"""Names in the scripts of five languages, from which companies and people are made."""

CORES = {
    "de": "Müller Schröder Großmann Weiß Brückner Kühn Jäger Löwe Hübner Stein Albrecht Nordlicht "
    "Hanse Rheintal Alpen Spree Isar Donau Fichte Kranich Bergmann Vogt Pfeiffer Süd Elbe",
    "nl": "Vermeulen DeGroot Bakker Zuiderzee Polder Tulp Meijer Dijkstra Kuiper Hoekstra "
    "Noordwind Waal Veluwe Brabant Visser Kaap Molen IJssel Reëel Coöp Zeeland Haven",
    "it": "Rossi Bianchi Ferrari Colombo Ricci Marino D'Angelo Dell'Acqua Sant'Anna Conti "
    "Vittoria Aurora Tirreno Adriatica Lombarda Etna Perché Libertà Virtù Ponte Serra",
    "en": "Ashford Blackwood O'Neill Hartley Kingsway Redstone Silverlake Fairfield Lakeshore "
    "Summit Pioneer Beacon Northgate Harbor Maple Granite Sterling McAllister Bright Union",
    "zh": "华星 明德 东方 金桥 长江 海天 中原 瑞丰 鼎盛 博远 新元 天成 云帆 合众 启明 兴达 宏图 "
    "龙腾 泰和 嘉禾",
}

TRADES = {
    "de": "Schulverbund|Handel|Maschinenbau|Spedition|Klinikum|Finanz|Stadtwerke|Software",
    "nl": "Onderwijsgroep|Winkels|Machinefabriek|Transport|Zorg|Verzekeringen|Gemeente|Studio",
    "it": "Scuole|Negozi|Meccanica|Logistica|Sanità|Assicurazioni|Servizi Pubblici|Digitale",
    "en": "Academy|Retail|Manufacturing|Freight|Health|Capital|Council Services|Software",
    "zh": "教育|商贸|机械制造|物流|医疗|金融|公共服务|软件",
}

LEGAL = {
    "DE": "GmbH|AG|GmbH & Co. KG|e. V.",
    "AT": "GmbH|AG",
    "CH": "AG|GmbH|SA",
    "NL": "B.V.|N.V.|Coöperatie U.A.",
    "BE": "BV|NV",
    "IT": "S.r.l.|S.p.A.|S.n.c.",
    "GB": "Ltd|plc|LLP",
    "US": "Inc.|LLC|Corp.",
    "CN": "有限公司|股份有限公司|集团",
    "SG": "Pte. Ltd.",
}

# Names as people really type or attack with them; each must survive every page and file.
HOSTILE = (
    ("<b>Müller & Söhne</b> GmbH", "de"),
    ('"Zitat", Komma; Semikolon GmbH', "de"),
    ("Straßenbau ẞTURM AG ", "de"),
    ("'; DROP TABLE accounts;-- Ltd", "en"),
    ("<script>alert('hi')</script> Inc.", "en"),
    ("=SUM(A1:A9) Analytics", "en"),
    ("  Leading Spaces LLC", "en"),
    ("Rocket 🚀 Labs & Co", "en"),
    ("{{ 7*7 }} Templates Ltd", "en"),
    ("NULL", "en"),
    ("A" * 120 + " Holdings", "en"),
    ("../../etc/passwd Security", "en"),
    ("O'Brien & D'Souza\u00a0LLP", "en"),
    ("’s-Hertogenbosch Groep B.V.", "nl"),
    ("Ĳsselmeer Coöperatie ‘Één’", "nl"),
    ("Café-bar „Zoë” B.V.", "nl"),
    ("Dell’Università S.p.A.", "it"),
    ("Perché No? S.r.l.", "it"),
    ("L'Aquila <i>Editrice</i>", "it"),
    ("𠮷野家科技有限公司", "zh"),
    ("“云”计算（上海）有限公司", "zh"),
    ("北京&上海<br>贸易", "zh"),
    ("\u202eמתהפך Mirror Ltd", "en"),
    ("Zalgo T̷e̶a̵m̴ Ltd", "en"),
)

FIRST = {
    "de": "Jürgen Anna Björn Käthe Lukas Sören Greta Jörg Mia Felix Änne Matthias Lena Heike",
    "nl": "Daan Sanne Joris Zoë Bram Lotte Thijs Noëlle Sjoerd Fleur Ruben Anouk Renée Koen",
    "it": "Niccolò Giulia Marco Chiara Luca Francesca Andrea Sofia Matteo Noè Elena Davide",
    "en": "James Olivia Siobhán Ethan Grace Noah Zoe Liam Ava Mason Chloe Harper Amelia Dylan Ruth",
    "zh": "伟 芳 娜 秀英 敏 静 强 磊 洋 艳 勇 杰 娟 涛 明 超 霞 平 刚 桂英",
}

LAST = {
    "de": "Müller Schäfer Weiß Groß Köhler Schröder von-der-Heide Bauer Böhm Krüger Lange Jäger",
    "nl": "de_Vries van_den_Berg Bakker 't_Hart Jansen Mulder van_'t_Hoff Smit Dekker Brouwer Bos",
    "it": "Rossi D'Amico Esposito Lo_Russo Bianchi Gallo De_Luca Costa Fontana Dell'Orto Riva",
    "en": "O'Connor Smith Patel Johnson McDonald Nguyen Brown García Taylor Walker Khan Green",
    "zh": "王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙",
}

TITLES = {
    "de": "Bereichsleitung|Geschäftsführung|Vorstand|IT-Leitung|Sachbearbeitung|Projektleitung",
    "nl": "Teamleider|Directeur|Bestuurder|Hoofd IT|Medewerker|Projectleider",
    "it": "Responsabile|Direttrice|Amministratore|Responsabile IT|Impiegata|Capoprogetto",
    "en": "Head of Operations|Director|VP|IT Manager|Analyst|Project Lead",
    "zh": "部门主管|总经理|副总裁|信息主管|专员|项目经理",
}

LEAD = {"de": "", "nl": "", "it": "", "en": "", "zh": "北京 上海 深圳 杭州 广州 成都 苏州"}

_PLAIN = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "ß": "ss",
        "é": "e",
        "ë": "e",
        "è": "e",
        "à": "a",
        "ù": "u",
        "ò": "o",
        "á": "a",
        "ó": "o",
        "í": "i",
    }
)


def slug(text: str, fallback: str) -> str:
    """ASCII letters and digits of a text, for host and mail names; `fallback` if none are left."""
    plain = text.lower().translate(_PLAIN)
    kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in plain).strip("-")
    while "--" in kept:
        kept = kept.replace("--", "-")
    return kept[:40].strip("-") or fallback
