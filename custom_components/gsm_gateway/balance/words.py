"""The words of balance answers, by meaning; `*` marks a stem.

Written as operators write them, common transliterations included. Two words
joined by `_` are one expression. A word stands here once.
"""

from typing import Final

from .meanings import Meaning

WORDS: Final[dict[Meaning, str]] = {
    Meaning.BALANCE: """
        bal blnc balance balances balans* balanc* saldo saldot saldosi saldon saldoen saldonne sold
        soldul
        solde soldes kontostand*
        tegoed* beltegoed* egyenleg* zustat* zostat* stan stav stanje bilant* bilanc*
        gjendj* likut* atlikum* jaak* kontojaak* bakiye* bakiyy* pulsa* baki salio balanse
        hadhaag* haraag* so_du sodu tkc tk_chinh tk_goc tai_khoan_chinh tai_khoan_goc
        баланс* салдо* состојба* стање* теңгерім* қалдық* калдык* үлдэгдэл*
        υπολοιπ* ypoloip* upoloip* ბალანს* ნაშთ* մնացորդ* հաշվեկշիռ* բալանս*
        رصيد* موجودی* مانده باقیمانده اعتبار* بیلنس* بیلینس* یتره יתרה* יתרת*
        बैलेंस* शेष* ब्यालेन्स* मौज्दात* ব্যালেন্স* இருப்பு* ශේෂ* బ్యాలెన్స్* ಬ್ಯಾಲೆನ್ಸ್*
        ബാലൻസ്* બેલેન્સ* ਬੈਲੇਂਸ* शिल्लक* பேலன்ஸ்* بیلانس*
        ቀሪ* ሂሳብ* ሒሳብ*
        ยอดเงินคงเหลือ ยอดคงเหลือ ยอดเงิน คงเหลือ ຍອດເງິນ សមតុល្យ ទឹកប្រាក់ လက်ကျန်ငွေ လက်ကျန်
        余额 餘額 结余 結餘 储值金额 儲值金額 储值额 儲值額 儲值餘額 可用余额 可用餘額
        残高 잔액* 잔고* szamlaegyenleg* бакия* бақия*
        guthaben guthabens guthabenstand guthabenkonto kaufguthaben restguthaben prepaidguthaben
        dobroimetj* belwaarde inneign* uldegdel sostojba sostojbata nalicnost nalichnost
        наличност baghimande* etebar* mojudi mande hadhaagaag* saldo_recarga
        """,
    Meaning.CREDIT: """
        credit credits creditul creditului crediti credito creditos kredit
        kreditu kreditem kredita kredity kreditas krediti krediit kredi kredisi kredia
        airtime
        talktime talk_time
        krediet belkrediet herlaadkrediet
        load
        """,
    Meaning.ACCOUNT: """
        account accounts acct acc konto konta koncie kontem konton kontoen tili compte
        cuenta cont contul contului racun* ucet uctu ucte uctem
        hesab* hesap* hisob* rekening akun akaunti tai_khoan
        счет* schet* schyot* рахун* rahun* rakhun* raxun* рачун* сметка* ҳисоб* есеп* эсеб*
        данс* λογαριασμ* ანგარიშ* հաշվ* حساب* חשבון* खाता บัญชี
        账户 帐户 帳戶 賬戶 계좌
        remaining remains remainder left funds rest restant* restante resta restan
        residuo* verbleib* kalan* qalan* qoldi* mavjud galyndy sisa
          zbyva* pozosta* preostal* jaljella kvar resterende
        остат* остал* ostat* ostal* залиш* zalish* zalysh* средства средств
        متبقي* נותר* 剩余 剩餘 残り
        szamlajan szamladon
        saskait* arvel hattinizda igjen
        kontol smetka* a/c usigaranye asigaye natitira kaonty* kaontin* հաշիվ* salyo baqi
        tilbage
        srodki srodkow konte
        """,
    Meaning.AVAILABLE: """
        available verfugbar* verfuegbar* disponib* disponivel beschikba* tillgangl*
        доступ* dostup* 可用
        """,
    Meaning.DEBT: """
        debt owe owed schulden dette deuda* divida dlug zadluzen* dluh* tartozas* borc
        borcu borcunuz utang tunggakan datorie
        долг* dolg* задолжен* zadolzh* борг* заборгован* zaborgovan* қарыз* карыз* οφειλ*
        欠费 欠費
        """,
    Meaning.MINUS: """
        minus menos moins eksi negativ* negatyw* ujemn* negatif* минус мінус отрицат*
        otricat* від'ємн* vid'yemn* αρνητικ* سالب* 负 負
        """,
    Meaning.MAIN: """
        main primary core own principal* haupt* glown* hlavn* utama ana asosiy osnovn*
        osnivn* asas pokok kuu principale sobstven* vlasn*
        основн* главн* собствен* власн* негізгі негизги undsen үндсэн κυρι* ძირითად* հիմնական*
        الاساسي الرئيسي 主 หลัก
        osn осн asli
        """,
    Meaning.OTHER_PURSE: """
        bonus* bonos bono bns bonuz* startguthaben* geschenkguthaben* aktionsguthaben*
        gift* promo* reward* cashback free gratis gratuit* kostenlos* darmow* zdarma
        besplatn* bezkoshtovn* bezplatn* points
        бонус* подар* podar* промо* кэшбек кешбек бесплатн* безкоштовн* безплатн* баллы баллов
        赠送 贈送 赠款 奖励 獎勵 โบนัส مكافاة هدية مجاني* בונוס* बोनस* বোনাস*
        data internet* datos donnees dados dati daten kuota quota paket* package* packs
        pack bundle* paquete* forfait* pakiet* balic* csomag* traffic gprs
        интернет* інтернет* пакет* траф* ดาต้า 流量
        limit* threshold* overdraft loan* borrow* emprunt* prestamo* advance* adelanto*
        sos kreditlimit* kreditn* kredytow* plafon* minim* maxim* maksym* keret* batas tope
        obeshan* лимит* ліміт* порог* обещан* обіцян* доверит* кредитн* миним* мінім* максим*
        额度 額度 最低
        wallet* mpesa m-pesa pesa momo mobicash cash mobile_money кошел* гаман*
        old previous before starting opening anterior ancien* предыд* прошл* попередн*
        check* inquiry enquiry request* abfrage* guthabenabfrage* kontostandabfrage*
        consult* cek cari sprawd* zjist* zapros* запрос* узна* провер* перевір* 查询 查詢
        service* servici* serviz* servis* option* uslug* услуг* сервис* сервіс* опци*
        voucher* coupon* scratch low
        extra* ekstra* additional додатк* dodatk* дополн* dopoln* regal* cadeau* hediye*
        hadiah* darek
        welcome loyalty лояльн* miles voice roaming calls onnet offnet on-net off-net friend* друг*
        outstanding due
        pendient* vencid* unpaid unbilled billed bill bills invoice* boost* plan plans
        deal* combo* okoa
        statement past
        кэшбэк darurat emergency prestad* anticip* alert* remind* notif*
        бон
        gcash paymaya jazzcash easypaisa bkash ecocash airtel_money orange_money adelantad*
        prestado emergencia international* internacional* weekend* night nocturn* nacht*
        dana ovo gopay kash elektronik* electronic* هدايا* ポイント
        """,
    Meaning.ACTION: """
        price* cost* cout* prix tarifs charge charges charged charging recharg* rechg*
        deduct* debit*
        fee fees pay* paid topup* top_up topped refill* reload* buy* bought purchas* add
        added adding adds send* sent transfer* credited crediting used using use spent spend
        get gets getting gain* earn* win wins winner save* sale discount* redeem* offer*
        subscri* activat* unlock* deposit* receiv* expired withdraw* convert* exchange*
        share* insufficient inadequate not less than more below under over above at_least
        up_to from will would must should need* requir* be been reduc* exceed*
        aufladen aufgeladen auflade* aufladung* lade laden abbuch* abgebucht* kostet kosten
        preis* berechnet* bezahl* erhalt* nicht kein* weniger mindestens unter wird werden
        muss ab
        coute achet* payer paye* approvisionn* debite* versement pas doit depuis
        recarg* carreg* carregue pague* pagar pago pagamento compra* compre costo cuesta
        custa custo precio preco abono abon nao menor mayor desde debe debes deve sera seran
        menos_de moins_de meno_di ricaric* prezzo paga pagare addebit* non sara
        dolad* zasil* koszt* cena ceny kup* nie brak wplat* mniej ponizej powyzej bedzie
        dobij* dobit* nabij* navys* cene ne neni nad pod bude nem tolts* toltse* vasar* kell
        reincarc* incarc* costul pret pretul platit nu
        yukle* yuklen* satin odeme* ucret* fiyat* yetersiz isi_ulang isi beli* harga* biaya*
        bayar* tambah kurang lebih akan dari hingga nap gia phi
        стоим* цена цену цены ценой тариф* tarif* tariff* stoim* tsena cina ціна ціну вартіст*
        плат* оплат* oplat* plat* спис* spis* снят* снима* знят* пополн* popoln* поповн* popovn*
        зачисл* zachisl* зарах* zarakh* поступ* postup* надійш* внес* vnes* подключ* podkl*
        підключ* pidkl* отключ* активир* активуй* купи* купу* kupi* купів* закаж* заказ* zakaz*
        замов* zamov* добав* перевод* перевед* perevod* переказ* использ* ispol* використ*
        vykoryst* потрач* израсх* израз* выигр* виграй* получ* poluch* отрим* otrym* скид*
        знижк* znyzh* недост* nedost* не нет немає меньше менее больше більше более ниже нижче
        выше вище от ot від vid будет будут буде budet должн* dolzhn* нужн* нужно необход*
        потріб* повинн* акци* предлож* пропоз*
        充值 扣除 扣费 扣費 收费 收費 资费 資費 价格 價格 不足 低于 低於 少于
        เติมเงิน เติม ราคา ค่าบริการ หัก
        شحن* اشحن خصم* تكلف* سعر* رسوم اقل רכיש* טעינ* מחיר* 요금 충전*
        за wurde wurden increas* reduzi* superior* inferior* superieur* inferieur*
        partir maggior* увелич* уменьш* збільш* зменш* qualif* eligib* altinda uzerinde
        fazla блокир* blokir* blocked blocking 以下 以上 未満 本月 消费 消費 이하 미만
        about approx* circa около примерно etwa environ aprox* автоплат*
        ete credite creditee eklen* dodan* pricten* agregad* anadid* abonad* cargad* acreditad*
        adicionad* creditad* accreditat* adaugat* jovair* начислен* нарахован* ditambah* gebucht
        aufgebucht gutgeschrieben geschenkt offert* apply applied adjust* refund* lent
        hazine* هزینه*
        potong* dipotong terpotong dikurangi berkurang descont* obciaz* abgezogen belastet
        prelev* scalat* sottratt* cobrad* cobro gastad* gasto consomm* depens* odect* strhn*
        stazen* terhel* levon* trukket dragits veloit* afgeschreven dus kesil* odliczon* pobran*
        skinut* umanjen* odbit* brukt brugt anvant verbraucht
        update* trf xfer
        შეავს* შევს*
        """,
    Meaning.CONDITION: """
        if when whenever unless wenn falls sobald cuando quand quando lorsque jika kalau
        apabila gdy jezeli jesli kdyz pokud ha_az daca cand eger si_su si_tu si_votre si_el
        se_il esli kogda yakshcho
        always sure ensure maintain don't doesn't didn't haven't dont doesnt didnt had
        siempre sempre toujours immer sicherstellen asegur* assurez* certifiqu* upewnij* pastikan
        zawsze vzdy всегда завжди убедитесь переконайтеся
        при станет стане был было було
        если когда якщо коли ако אם اذا यदि 如果 หาก ถ้า
        """,
    Meaning.IS: """
        is are was es est ist je jest e wynosi wynosza betragt betraegt adalah ialah sebesar
        sebanyak ar este einai la ni cini bedraagt equals sostavlyaet sostavljaet ravn*
        stanovyt' stanovyt stanovit eshte vaut
        составляет составил равен равно становить чини износи ειναι 为 為 是 คือ เป็น は هو هي
        הוא היא है ہے छ е
        yra ay است 입니다 이다 ነው
        iznosi znasa s'eleve seleve sono باشد می է ir
        ast
        khach_con er
        """,
    Meaning.PRICE: """
        for fur fuer por pour per pentru cu za voor 每
        with by mit um con avec com na на
        """,
    Meaning.OWNER: """
        have has masz posiadasz tienes tiene avez disposez dispones habe haben hast mas mate
        hai tens tem var aveti memiliki punya heeft heb har una imeete est'
        имеете имеется есть є маєте έχετε لديك عندك 您有 有
        quedan queda reste hebt got possui possuis ai у_вас u_vas imate имате
        have_only
        verfugen_uber verfuegen_ueber verfugst_uber
        """,
    Meaning.UNIT: """
        mb gb kb tb mbs gbs mib gib mo go ko mbyte* gbyte* megabyt* gigabyt* mega megas gigas
        min mins minut* menit mnt dakika* dk perc percek hv xv hvylyn* khvylyn*
        sms mms msg msgs messages mesaj* mensaj* mensag* nachricht*
        sec sek secs second* sekund* day days hour* hr hrs stund* heur*
        thousand* rb ribu jt juta mil mln mio million* lakh lakhs lac crore
        pts point pont punkt* punkty punktow puntos pontos percent unit units unidad* unidades
        einheiten
        мб гб кб тб мин минут* хв хвилин* смс ммс сек секунд* час часов часа мегабайт*
        гигабайт* гігабайт* тыс тис млн бал балл балла бали процент* штук
        分 分钟 分鐘 条 條 兆 天 นาที ครั้ง วัน دقيقة دقائق ميجا* جيجا* رسالة رسائل דקות דקה
        הודעות मिनट মিনিট এমবি 분 건
        """,
    Meaning.PERIOD: """
        week weeks month months year minute minuta sutki sut den' mes mis dobu jour jours mois
        semaine semana dia dias ano monat monate tag tage woche jahr giorno giorni mese
        settimana miesiac dzien dni den mesic mesiac tyden bulan hari minggu tahun gun hafta
        luna zi saptamana honap dag maand kun oy
        сутки суток сут день дня дней дн неделю неделя нед месяц месяца мес доба добу діб
        тиждень міс місяць минуту
        月 日 เดือน يوم شهر
        """,
    Meaning.RATE: """
        daily weekly monthly hourly yearly taglich* monatlich* quotidien* mensuel* diario
        mensual* mensile giornalier* dziennie miesiecznie denne mesicne harian bulanan gunluk
        aylik ежедневн* ежемесяч* щоденн* щомісяч*
        """,
    Meaning.UNTIL: """
        till until valid validity exp expir* expiring val bis gultig* gueltig* valabl* valide
        jusqu jusqu'au jusque hasta valido valida vigente vigencia vence vencimiento caduca*
        validade valid* ate scade* scadenza fino wazn* platnost* platny platne lejar* ervenyes*
        valabil* pina pana expira* gecerli* kadar aktif aktiv* active activo sd s.d tenggang
        berlaku deistv* deystv* do diye diie vazi galioja deriga veljavn* vig geldig* gyldig*
        giltig* han_su_dung hsd
        до действ* активн* дійсн* діє діють валид* истека* срок годен годна жарамды λήξη ισχύει
        有效期 有效期至 到期 有效 截止 ใช้ได้ถึง หมดอายุ ถึง حتى صالح* ينتهي* تنتهي* معتبر עד בתוקף
        वैधता মেয়াদ
        vto vcto son_kullanim son_kullanma amal ვად* kehtib kuni voimassa asti t.o.m het_han
        luput sah_sehingga วันหมดอายุ muda_wa muda_wa_matumizi mwisho_wa mwisho_wa_matumizi
        有効期限 有効 tarixinadak tarixinədək tarixədək vrijedi valabilitate lidz iki
        validnost валидност* срок_действия su_dung_den han_dung isteka* istekaet valables
        valabile tarikh_luput tamat sampai ισχυ*
        activa activado diysn* srok صلاحيه* صلاحيته
        """,
    Meaning.FILLER: """
        the of on at in to as and your you my our its that now new today still currently
        current present customer dear subscriber number no nr phone mobile msisdn sim line
        amount total overall date dated time tax prepaid prepay net
        dein* ihr* sie du mein auf von der die das dem des im heute noch derzeit momentan
        gesamt* nummer betrag aktuell* aktual*
        su sus tu tus de del el al lo los las hoy numero actualmente votre vos ton le les sur
        un une il compteur actuel* actuellement encore seu sua o a da hoje ainda tuo tua suo
        ora oggi telefonico actual
        twoje twoj twoja dla numeru numer obecnie vase* vas vam cislo cisle cisla vyse dvs
        az jelenlegi feltoltott hatt* sayin numarali guncel toplam anda kamu saat ini nomor
        kartu saudara kwa yako lako ya cua juaj quy khach ban thue bao siz sizning
        hozirda mablag'
        ваш* vash* вас вам у в по po с s со u v абонент* abonent* номер* nomer*
        текущ* tekush* поточн* potochn* сейчас зараз сегодня segodnya сьогодні общий obshchiy
        всего vsego всього загальн* zagal'n* zagaln* сумма suma лицев* особов* теперь
        σας το του η των ο στο εχει თქვენი თქვენს ձեր في الحالي الان رقم لرقم لديكم شما آپ کا
        אתה שלך של בקו הנוכחית आपका का में আপনার বর্তমান
        您 您的 的 你 当前 當前 目前 现时 現時 现在 账号 号码 號碼 共 总 總 คุณ ของคุณ
        ของ หมายเลข の 현재
        di nog dans conta conto 话费 話費 ви
        ang iyong
        si se sa
        ancora mong ci ny amin'ny dumneavoastra vasata vashata шумо сиздин sizin vie apka
        aapka shoma உங்கள் మీ ನಿಮ್ಮ താങ്കളുടെ നിങ്ങളുടെ તમારું ਤੁਹਾਡਾ तुमची आपली
        ليبي سعودي اماراتي كويتي عراقي اردني تونسي جزائري مغربي يمني سوري لبناني قطري عماني
        بحريني سوداني مصري
        just after_call ttc
        pay_as pay_as_you pay_as_you_go
        tarikh tarihi muddati linea karte karta broj incoming
        nomre الشريحه masa
        em
        """,
}
"""Words by meaning."""
