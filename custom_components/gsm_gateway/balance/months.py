"""The names of the months, as operators write them in dates."""

from typing import Final

from .folding import fold_text, fold_word

_NAMES: Final = """
jan january januar* janv janvier ene enero gen genn gennaio janeiro jaan jaanuar* janar*
    ian ianuarie sty stycz* led leden ledna sijec* oca ocak* sausi* janvar* yanv yanvar*
    tammik* qanvar* ιαν ιανουαρ* янв январ* януар* січ січень січня студз* јан јануар*
    ינואר يناير जनवरी জানুয়ারি იან იანვ* հունվ* มกราคม
feb february febr februar* fevr fevrier febrero febbr* fev fevereiro veebr* shkurt*
    lut lutego luty unor unora velj velja* sub subat* vasari* februari* fevral* helmik*
    φεβ φεβρ φεβρουαρ* фев февр феврал* февруар* лют лютий лютого фебруар*
    פברואר فبراير फरवरी ফেব্রুয়ারি თებ თებერ* փետր* กุมภาพันธ์
mar march marz marzo maerz mrz mars marco marts mart marta martie mrt maart marc marzec
    marca brez brezen brezna ozu ozuj* kovo kovas marcius* marcius maaliskuu* mac
    μαρ μαρτ* мар март берез* сак сакав* марта מרץ مارس मार्च মার্চ მარ მარტ* մարտ* มีนาคม
apr april* avr avril abr abril aprile apryl aprill* prill* kwi kwiec* kwietnia dub duben dubna trav
    travn* nis nisan* balandz* aprilie aprel* huhtik*
    απρ απριλ* апр апрел* април* квіт квітень квітня крас красав* אפריל ابريل أبريل अप्रैल
    এপ্রিল აპრ აპრილ* ապր* เมษายน
may mai mayo maio magg maggio mag mei maj maja majus* mayis* kvet kveten kvetna svi svib*
    geguz* maijs maija toukok* mays μαι μαιου μαιος май мая маю мај маја трав травень травня
    מאי مايو मई მაი მაის* մայ* พฤษภาคม
jun june juni junio junho juin giu giugno junij* juin junius* juuni* qershor* cze czerw*
    cerven cervna lipanj lipnja haz haziran* birz* birzel* junijs iyun* iyn kesak* iun iunie
    ιουν ιουνιο* июн июнь июня юни јун јуни чер черв* יוני يونيو जून জুন ივნ* հունիս* มิถุนายน
jul july juli julio julho juil juillet lug luglio julij* julius* juuli* korrik* lip lipca
    lipiec cervenec cervence srp srpanj srpnja tem temmuz* liep* julijs iyul* iyl heinak* iul
    iulie ιουλ ιουλιο* июл июль июля юли јул јули лип липень липня ліп יולי يوليو जुलाई জুলাই
    ივლ* հուլիս* กรกฎาคม
aug august* ago agosto aout aou augusztus* gusht* sie sierp* srpen srpna kol kolov* agu
    agustos* rugp* avg avgust* elok* ogos ogo agustus agt αυγ αυγουστ* авг август* серп
    серпень серпня жнів* אוגוסט اغسطس أغسطس अगस्त আগস্ট აგვ* օգոս* สิงหาคม
sep sept september* septiembre septembre settembre set setembro septembr* szept szeptember*
    shtator* wrz wrzes* zari ruj* eyl eylul* rugs* sentyabr* syysk* septembrie
    σεπ σεπτ σεπτεμβρ* сен сент сентябр* септ септемвр* септембар септембр* вер верес* верас*
    ספטמבר سبتمبر सितंबर সেপ্টেম্বর სექ* სექტ* սեպ* กันยายน
oct october octobre octubre okt oktober* out outubro ott ottobre oktobr* tetor* paz pazdziern*
    rij rijen rijna listop* eki ekim* spal* oktyabr* lokak* octombrie
    οκτ οκτωβρ* окт октябр* октомвр* октоб* жовт жовтень жовтня кастр* אוקטובר اكتوبر أكتوبر
    अक्टूबर অক্টোবর ოქტ* հոկտ* ตุลาคม
nov november* noviembre novembre novembro novembr* nentor* lis listopad* stud studen* kas
    kasim* lapkr* noyabr* marrask* noiembrie noi νοε νοεμ νοεμβρ* ноя нояб ноябр* ноемвр*
    новем* лист листоп* ліст* נובמבר نوفمبر नवंबर নভেম্বর ნოე* նոյ* พฤศจิกายน
dec december* decembre diciembre dicembre dez dezember* dezembro dic desember* des disember
    dis detsember* dets decembr* dhjetor* gru grud* pros prosin* ara aralik* gruod* dekabr*
    dek jouluk* decembrie δεκ δεκεμβρ* дек декабр* декемвр* децем* груд груден* грудня снеж*
    דצמבר ديسمبر दिसंबर ডিসেম্বর დეკ* դեկ* ธันวาคม
"""
"""One month in each paragraph; behind `*` an ending may follow."""

_LONGEST_ENDING: Final = 4


def _months() -> list[list[str]]:
    lines = _NAMES.strip().replace("\n    ", " ").splitlines()
    return [[fold_word(fold_text(name)) for name in line.split()] for line in lines]


_WHOLE: Final[dict[str, int]] = {}
_STEMS: Final[dict[str, int]] = {}
for _number, _line in enumerate(_months(), start=1):
    for _name in _line:
        _table = _STEMS if _name.endswith("*") else _WHOLE
        _table.setdefault(_name.removesuffix("*"), _number)


def find_month(word: str) -> int | None:
    """Return the number of the month that a folded word names, perhaps shortened."""
    if word in _WHOLE:
        return _WHOLE[word]
    lengths = range(len(word), max(1, len(word) - _LONGEST_ENDING - 1), -1)
    return next((_STEMS[word[:n]] for n in lengths if word[:n] in _STEMS), None)
