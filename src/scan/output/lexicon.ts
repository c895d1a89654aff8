/**
 * Words that system prompts are made of, in thirteen languages: one line for each meaning, one column for each language,
 * in the order of `LANGUAGES`. A form is a stem, and words may go on behind it; one with `=` is a whole word.
 *
 * Written by hand. A line is worth having when its words instruct, name a role, or are on many topics; what is spelled
 * alike in two languages needs none, because words that begin alike are compared as they are (`translated.ts`).
 *
 * @module
 */

export const LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'ru', 'tr', 'zh', 'ja', 'ko'] as const;

export const LEXICON = `
answer respon repl|antwort beantwort|répon|respon respuest contest|rispo|respo respost|antwoord beantwoord|odpowi|ответ отвеч|cevap yanıt|回答 回复 答复|回答 答え 返答 返信|답변 대답 응답 답하
ask|frag fragt|demand|pregunt|chied chiest domand|pergunt|vraag vrag gevraagd|pyta zapyta|спрос спраш|sor= soru sorar sorma sorul|询问 问= 提问|尋ね 聞か 質問|묻 물어 질문 문의
question quer inquir|frage=|question|pregunt consult|domand quesit|pergunt dúvid|vraag vragen|pytan|вопрос запрос|soru|问题 疑问|質問 疑問 問い合わせ|질문 문의
say says said|sag gesagt sagt|dire= dis= dit= dites|decir diga dice|dire= dici dica dì=|dizer diga diz=|zeg gezegd|powie mów|сказ говор|söyle de= diye|说= 说明|言う 言っ 言い 述べ|말하 말씀
tell told|erzähl mitteil sag|dites racont|dile cuent decir|racconta dì=|conte diga|vertel|powiedz|расскаж сообщ|anlat söyle|告诉 告知|伝え 教え|알려 말해
mention|erwähn|mentionn|mencion|menzion|mencion|vermeld noem|wspomin wspomn|упомин упомян|bahset değin|提及 提到|言及 触れ|언급
discuss talk|besprech diskut red spric|discut parl|discut hable hablar convers|discut parl|discut fale falar convers|bespre praat|rozmaw omawia dyskut|обсужд обсуд говор|tartış konuş|讨论 谈论 谈|議論 話し 話す 話題|논의 이야기 상의 토론
explain|erklär erläuter|expliqu|explic expliqu|spieg|expliq explic|leg uitleg verklaar|wyjaśni|объясн поясн|açıkla|解释 说明|説明 解説|설명
describ|beschreib|décri|describ|descri|descrev|beschrijf beschrev|opis|опис описыв|tanımla betimle|描述|記述 描写 説明|묘사 기술하 설명
reveal disclos|verrat offenbar preisgeb enthüll offenleg|révél divulgu dévoil|revel divulg|rivel divulg|revel divulg|onthul prijsgeven verklap|ujawni zdradz|раскры разглаш раскро|açıklama ifşa açık|透露 泄露 披露 公开|明かす 明かさ 開示 漏ら 公開|공개하 누설 밝히 드러내
share|teil weitergeb|partag|compart|condivid condivis|compartilh partilh|deel del|udostępni dzieli|дели поделит передав|paylaş|分享 共享|共有 分かち|공유
refus declin reject|ablehn verweiger lehn|refus déclin rejet|rechaz negar niégu declin rehús|rifiut declin|recus rejeit declin|weiger wijs afwijz|odmów odmaw odrzuc|отказ отклон|reddet geri= çevir|拒绝 谢绝|断り 断る 断っ 拒否 拒絶|거절 거부 사양
ignor|ignorier missacht|ignor|ignor|ignor|ignor|negeer negeren|ignoruj zignoruj|игнорир|yoksay görmezden|忽略 无视|無視|무시
follow|folg befolg|sui= suiv respect|sigue segui sigu|segu|siga seguir segu|volg opvolg|postępu przestrzeg|следу соблюд|izle uy= uyun takip|遵循 遵守 按照|従う 従い 従っ 守る|따르 따라 준수
must|muss müss|doit dois devez doivent|debe deber debes|deve devi devono|deve devem|moet|musi|должен должн|meli malı zorunda gerek|必须 须|必ず ねばなら なければ|반드시 해야
should|soll sollt|devrait devriez|debería|dovrebb|deveria|zou= zouden|powin|следует должн|gerek meli|应该 应当|べき|해야
never|nie niemals|jamais|nunca jamás|mai=|nunca jamais|nooit|nigdy|никогда|asla hiçbir= kesinlikle|绝不 切勿 从不 永远不 不得|決して 絶対に|절대 결코
always every=|immer stets|toujours|siempre|sempre|sempre|altijd|zawsze|всегда|her= daima|始终 总是 一律|常に いつも 必ず|항상 언제나
only|nur ausschließlich lediglich|seulement uniquement|solo= sólo solamente únicamente|solo= soltanto solamente|apenas somente só=|alleen uitsluitend|tylko wyłącznie|только лишь|sadece yalnızca|只= 仅 仅限|のみ だけ|만= 오직
allow permit|erlaub darf dürf gestatt zulass|permet autoris|permit autoriz|permett permess consent|permit autoriz|mag= mogen toegestaan sta=|wolno pozwal|разреш позвол можно|izin= izni|允许 准许|許可 許さ|허용 허락
forbid prohibit|verbiet verboten untersag|interdi|prohib|vieta proib|proib|verbied verboden|zabron zakaz|запрещ запрет|yasak|禁止 严禁|禁止 禁じ|금지
avoid|vermeid|évit|evit|evit|evit|vermijd|unika|избег|kaçın|避免|避け 控え|피하 피해 삼가
ensure make= sure|sicherstell stell= sicher|assur veill|asegur garantiz|assicur garant|garant certifiq assegur|zorg garande|zapewni upewni|обеспеч убедит|sağla emin=|确保 保证|確保 確実|보장 확실히
rememb|denk= daran erinner merk|souven rappel|recuerd acuérd|ricord|lembre lembrar|onthoud herinner|pamięta|помни запомн|unutma hatırla|记住 牢记|覚え 忘れ|기억 명심
repeat|wiederhol|répèt répét|repit repet|ripet|repit repet|herhaal|powtarz powtórz|повтор|tekrar|重复 复述|繰り返|반복 되풀이
confirm|bestätig|confirm|confirm|conferm|confirm|bevestig|potwierdz|подтвер|onay teyit doğrula|确认|確認|확인
check verif|prüf überprüf kontrollier|vérif contrôl|verifi comprueb comprob revis|verific controll|verifi confira|controleer verifieer|sprawdz weryfik|провер|kontrol doğrula|检查 核实 验证 核对|確認 検証 チェック|확인 검증 점검
provid suppl|bereitstell liefer biet geb gib|fourni|proporcion facilit brind|fornisc forni|forneç fornec|verstrek bied geef lever|dostarcz zapewni podawa|предостав обеспеч|sağla sun= sunun ver=|提供|提供|제공
give gave given|geb gib gegeben|donne|dar= da= dé= das= proporcion|dare dai= dia= dà=|dar= dê= dá=|geef geven|daj podaj|дай дава дать|ver= verin vermek|给= 给予|与え 出す あげ|주= 주어 드리
offer|biet anbiet angebot|offr propos|ofrec|offr|oferec|bied aanbied|oferuj oferow zaproponuj|предлаг предлож|teklif öner sun=|提供 提出|提供 申し出|제안 제공
help assist aid|helf hilf unterstütz|aide= aider aidez|ayud asist|aiut assist|ajud auxili|help bijstaan|pomoc pomóc pomag|помо помог|yardım|帮助 协助 帮忙 助手|助け 支援 手伝 アシスタント|도움 도와 돕 보조
support|unterstütz support|soutien prise= appui|apoy soport|support sosteg|suport apoi|ondersteun|wspar wspier|поддерж|destek|支持 支援|サポート 支援|지원
suggest|vorschlag vorschläg schlag|suggér propos|suger|sugger|sugir suger|stel= suggere voorstel|sugerow sugest zapropon|предлож совет|öner|建议|提案 示唆|제안
recommend|empfehl empfiehl|recommand|recomend recomiend|raccomand consigli|recomend|beveel aanbeve aanbevel|poleca rekomend zalec|рекоменд|tavsiye öner|推荐 建议|推奨 お勧め おすすめ|추천 권장
advi counsel|rat= berat ratschl|conseil|consej asesor|consigli|conselh aconselh|advies adviseer|porad dorad|совет консульт|tavsiye danış|建议 咨询|助言 アドバイス 相談|조언 상담
write wrote written writ|schreib geschrieben|écri rédig|escrib escrit redact|scriv scritt|escrev escrit redij|schrijf geschreven schrev|pisz pisa napis|пиш напиш писа|yaz= yazın yazı yazma|写= 撰写 编写 写作|書く 書い 書き 執筆 作成|쓰= 작성 글쓰기
translat|übersetz|tradui traduc|traduc traduz traduj|tradu|tradu traduz|vertaal vertal|tłumacz przetłumacz|перевод перевед перевест|çevir tercüme|翻译|翻訳 訳し|번역
summar|zusammenfass fass|résum|resum|riassum|resum|samenvat vat=|podsum streszcz|резюм обобщ|özet|总结 概括 摘要|要約 まとめ|요약
generat creat|erstell erzeug generier schaff|crée créer génér|crea crear gener|crea creare gener|cria criar ger=|maak creëer genereer|tworz utwórz generuj stworz|созда генерир|oluştur yarat üret|生成 创建 创作 创造|生成 作成 作り 創作|생성 만들 작성 창작
use using usage|verwend benutz nutz gebrauch|utilis emploi|utiliz usa usar use= uso=|usa usare utilizz|usa usar use= utiliz|gebruik|użyj używa stosuj korzyst|использ примен|kullan|使用 利用|使用 使っ 使い 使わ 利用|사용 이용
includ contain|enthalt enthält einschließ beinhalt|inclu conten conti|inclu conten contien|inclu conten contien|inclu cont|bevat inclusief opgenomen|zawier|включ содерж|içer dahil|包括 包含|含む 含め 含ま|포함
keep kept maintain|halt behalt bewahr beibehalt|gard mainten|manten mantien|mantie mantene|mant|houd behoud|zachow utrzym|сохран держ поддерж|koru tut= tutun|保持 维持|保ち 保つ 維持|유지
chang modif|änder veränder|chang modif|cambi modif|cambi modif|mud alter modif|verander wijzig|zmieni zmian|измен смен|değiş|改变 更改 修改 变更|変更 変え 変わ|변경 바꾸
start begin begun|beginn anfang start fang|commenc débu|comienz comenz empiez inici|inizi cominci|comec começ inici|begin start|zaczyn rozpocz|начн начин нача|başla|开始|開始 始め 始ま|시작
end finish|beend enden schluss|termin fini|termin finaliz|termin finisc|termin encerr finaliz|beëindig einde afsluit|kończ zakończ|заверш законч конец|bitir sonlandır son=|结束 终止|終了 終わ 終え|종료 끝내 마치
stop|aufhör stopp|arrêt|deten par= deja|ferma smett|par= pare|stop|przestań zatrzym|останов прекрат|dur= durdur|停止|停止 止め やめ|중지 멈추 그만
continu|fortsetz fortfahr weiter|continu poursui|continú contin|continu|continu|doorgaan verder|kontynu|продолж|devam|继续|続け 続行 継続|계속
wait|wart abwart|atten|esper|attend aspett|aguard esper|wacht|czeka poczeka|жди подожд дожид|bekle|等待 等=|待つ 待っ 待ち|기다리
need requir|brauch benötig bedarf|besoin nécess|necesit requier|bisogn necess|precis necess|nodig behoeft|potrzeb wymag|нужн нужд треб необход|gerek ihtiyaç|需要 必要|必要|필요
want wish desir|woll will= wünsch möcht|veu= veut voul souhait désir|quier quer dese|vuol vogl desider|quer desej|wil= wens|chce chcia życz|хоч хот жела|iste= istek isteyen istiyor|想= 希望 想要 愿意|望む 希望 たい= ほしい|원하 희망
understand understood|versteh verstand verständ|compren|entiend entend compren|capi= compren|entend compreen|begrijp begrip|rozum zrozum|поним понят|anla anlay|理解 明白 了解|理解 分かり わかり|이해
know known knowledge|kenn wiss weiß kenntnis|connai sait savoir|conoc sab conoz|conosc sa= saper|conhe sab sei=|kennis weet weten ken=|wiedz wie= zna=|зна знан|bil= bilgi bilir|知道 知识 了解|知る 知識 知っ|알= 지식 알고
think thought|denk gedank|pens réfléch|piens pens|pens|pens|denk gedacht|myśl|дума мысл|düşün|思考 认为 想法|考え 思考 思う|생각
learn study|lern studier|appren apprent étud|aprend estudi|impar appren studi|aprend estud|leer leren studie|ucz nauk|уч изуч|öğren|学习|学ぶ 学習 勉強|학습 배우 공부
teach taught|lehr unterricht beibring|enseign|enseñ|insegn|ensin|leer= onderwij|uczy nauczy|учит преподав обуч|öğret|教= 教授 教学|教え 指導|가르치 교육
find|find gefunden|trouv|encontr hall|trova|encontr ach=|vind gevonden|znajd znaleź|найд найти наход|bul= bulun|找到 查找 寻找|見つけ 探し|찾= 찾아
search look|such durchsuch|cherch recherch|busc|cerc ricerc|busc pesquis|zoek|szuk wyszuk|иска поиск ищ|ara= arama|搜索 查找 寻找|検索 探し 探す|검색 찾
show display|zeig anzeig|montr affich|muestr mostr|mostr|mostr exib|toon laat= weergev|pokaż pokaz wyświetl|покаж показ отобраз|göster|显示 展示|示す 表示 示し 見せ|보여 표시 나타내
see view|seh sieh ansicht|voir voi=|ver= vea ve= vist|ved vist|ver= veja vis|zie zien bekijk|widz zobacz|вид смотр|gör=|看= 看到 查看 见|見る 見て 参照|보= 보기
read|les lies|lire lis= lisez|lee leer lea=|legg lett|ler= leia leit|lees lezen|czyta przeczyt|чит прочит|oku|阅读 读=|読む 読み 読ん|읽
speak spoke|sprech spric gesproch|parl|habl|parl|fal= fale falar|spreek sprek|mów|говор|konuş|说= 讲= 说话|話す 話し 話せ|말하
call|ruf anruf nenn|appel|llam|chiam|cham lig|bel= bellen roep noem|dzwoń zadzw nazyw|звон позвон назыв|ara= çağır|致电 打电话 调用 称为|電話 呼び 呼ぶ|전화 부르 호출
send sent|send schick gesend|envoy|envi|invi mand|envi mand|stuur verzend verstuur|wyśl wysył|отправ посыл пошл|gönder|发送 寄|送信 送る 送っ|보내 전송
receiv get|erhalt bekomm empfang|reçoi recev obten|recib obten|ricev ottien|receb obt|ontvang krijg|otrzym dosta|получ|al= alın alır|收到 获得 接收 获取|受け取 取得 得る|받= 수신 얻
pay payment|zahl bezahl|pay= paie paye|pag|pag|pag|betaal betal|płac płat|плат оплат|öde= ödeme|支付 付款|支払|지불 결제 지급
buy purchas|kauf|achet achat|compr|compr acquist|compr|koop kopen aankoop|kup zakup|куп покуп|satın|购买 买|購入 買い 買う|구매 구입
sell sale sold|verkauf|vend vent|vend vent|vend|vend|verkoop verkop|sprzeda|прода|sat= satış|出售 销售|販売 売|판매 팔
order|bestell auftrag|command|pedid orden|ordin|pedid encomend|bestel|zamów zamówien|заказ|sipariş|订单 下单 订购|注文|주문
book booking reserv|buch reservier|réserv|reserv|prenot|reserv|boek reserv|rezerw|брон заброн|rezerv|预订 预约 预定|予約|예약 예매
cancel|storn kündig absag|annul|cancel anul|annull disdi|cancel anul|annuleer annuler opzeg|anulow odwoł|отмен|iptal|取消|キャンセル 取り消|취소
return refund|rückgab zurückgeb erstatt|retour rembours|devol devuelv reembols|restitu rimbors reso=|devol devolv reembols|retour terug|zwrot zwróc|возвра верн|iade geri|退货 退款 退还|返品 返金 返却|반품 환불 반환
open|öffn offen|ouvr ouvert|abr abiert|apr= apri aperto|abr abert|open|otw|откр|aç= açık|打开 开放 营业|開く 開い 開け 営業|열= 개장 영업
close clos|schließ schluss geschlossen|ferm|cerr cierr|chiu|fech|sluit gesloten|zamk zamyk|закры закро|kapa kapat kapalı|关闭 关门|閉じ 閉め 閉ま|닫 마감
work|arbeit|travail|trabaj|lavor|trabalh|werk|prac= pracuj pracow|работ|çalış iş=|工作|働 仕事 作業|일하 작업 업무
user|benutzer nutzer anwender|utilisateur|usuari|utent|usuári utilizador|gebruiker|użytkownik|пользовател|kullanıcı|用户 使用者|ユーザー 利用者|사용자 이용자
customer client|kund|client|client|client|client|klant|klient|клиент покупател|müşteri|客户 顾客|顧客 お客|고객
visitor guest|besucher gast gäst|visiteur|visitant|visitator|visitant|bezoeker|odwiedzaj gość gości|посетител гост|ziyaretçi misafir|访客 访问者 来访|訪問者 来訪 来客|방문자 방문객
person people|mensch leut perso|personn gens|person gente|person gente|pesso gente|mens persoon|osob ludz|люд человек лиц|kişi insan|人= 人们 人员|人= 人々 人物|사람 인물
anyone anybody someone|jemand irgendjem niemand|quelqu personne quiconque|alguien nadie cualquier|qualcuno nessuno chiunque|alguém ninguém qualquer|iemand niemand|ktoś komuś nikomu ktokol|кто никому кому кто-|kimse herhangi biri|任何人 某人 谁|誰|누구 아무
assistant|assistent|assistant|asistent|assistent|assistent|assistent|asystent|ассистент помощник|asistan yardımcı|助手 助理|アシスタント|도우미 어시스턴트 비서 조수
expert specialist|expert fachmann fachkund|expert|expert|espert|especialist perit|expert deskundig|ekspert specjalist|эксперт специалист|uzman|专家|専門家 エキスパート|전문가
colleague employee staff|kolleg mitarbeit personal|collègu employé personnel|coleg compañer emplead personal|collegh dipendent personale|coleg funcionári|collega medewerk personeel|koleg pracownik personel|коллег сотрудник персонал|meslektaş çalışan personel|同事 员工 职员 工作人员|同僚 社員 スタッフ 従業員|동료 직원
manager supervisor|leiter vorgesetzt geschäftsführ manager|responsabl gérant supéri directeur|gerent encargad superv|responsabil superior dirett|gerent superv|leidinggevend manager|kierownik menedżer przełożon|менеджер руковод начальник|yönetici müdür amir|经理 主管 上级|管理者 上司 責任者 マネージャ|관리자 매니저 상사 책임자
human|mensch menschlich|humain|human|uman|human|mens menselijk|człowiek ludzk|человек человеч|insan|人类 人工|人間|인간 사람
friend|freund|ami= amis amie|amig|amic|amig|vriend|przyjac|друг друз|arkadaş dost|朋友|友人 友達|친구
doctor physician|arzt ärzt|médecin docteur|médic doctor|medic dottor|médic|arts dokter|lekarz|врач доктор|doktor hekim|医生 大夫|医師 医者|의사
teacher|lehrer lehrkraft|enseignant professeur|profesor maestr docent|insegnant|professor|leraar docent|nauczyciel|учител преподав|öğretmen|老师 教师|教師 先生|교사 선생
student pupil|schüler student|élèv étudiant|alumn estudiant|student alunn|alun estudant|leerling student|uczeń uczni student|ученик студент|öğrenci|学生|学生 生徒|학생
child kid|kind|enfant|niñ|bambin|crianç|kind|dzieck dzieci|ребён дет|çocuk|儿童 孩子|子供 子ども|아이 어린이
rule|regel|règle|regla norma|regol|regra|regel|zasad reguł|правил|kural|规则 规定|ルール 規則|규칙 규정
instruction|anweisung anleitung vorgab|instruction consign|instruc indicac|istruzion|instruç|instructie aanwijzing|instrukcj poleceni wytyczn|инструкц указан|talimat yönerge|指令 指示 说明|指示 命令 指図|지시 지침 명령
guideline polic|richtlini|directiv|directri polític pauta|linee direttiv|diretriz polític|richtlijn beleid|wytyczn polityk|рекоменд политик|ilke politika yönerge|准则 指南 政策 方针|ガイドライン 方針 ポリシー|가이드라인 정책 방침
system|system|systèm|sistem|sistem|sistem|systeem|system|систем|sistem|系统|システム|시스템
prompt|eingabeauff prompt|prompt invit|prompt|prompt|prompt|prompt|prompt monit|промпт|prompt istem|提示|プロンプト|프롬프트
language|sprach|langu|idioma lengu|lingu|idioma língu|taal talen|język|язык|dil= dilde dili|语言|言語 言葉|언어
word|wort wört|mot= mots|palabr|parol|palavr|woord|słow słów|слов|kelime sözcük|词= 单词 字|単語 言葉|단어 낱말
sentence|satz sätz|phras|oraci fras|fras|fras|zin= zinnen|zdani zdań|предложен фраз|cümle|句子|文= 文章|문장
text|text|text|text|test|text|tekst|tekst|текст|metin|文本 文字|テキスト 文章|텍스트 본문
paragraph|absatz absätz|paragraph|párraf|paragraf|parágraf|alinea|akapit|абзац|paragraf|段落|段落|문단 단락
message|nachricht|message|mensaj|messagg|mensag|bericht|wiadomoś|сообщен|mesaj ileti|消息 信息 留言|メッセージ|메시지
conversation dialog|gespräch unterhaltung dialog|conversation dialogu|conversac diálog|conversaz dialog|convers diálog|gesprek dialoog|rozmow dialog|разговор диалог бесед|konuşma sohbet diyalog|对话 谈话|会話 対話|대화
topic subject theme|thema themen|sujet thèm|tema temas asunt|argoment tem|tópic tema assunt|onderwerp thema|temat|тем= тема темы теме тему|konu|主题 话题|話題 テーマ トピック 主題|주제 화제
information|information angab auskunft auskünft|information renseign|informac|informaz|informaç|informatie|informacj|информац сведен|bilgi|信息 资料|情報|정보
detail|einzelheit detail|détail|detall|dettagl|detalh|detail bijzonder|szczegół|детал подробн|ayrıntı detay|细节 详细 详情|詳細 詳し|세부 상세 자세
name|name= namen|nom= noms|nombre|nome nomi|nome|naam namen|imię imien nazw|имя имен назван|isim ad= adı adını|姓名 名字 名称|名前 氏名 名称|이름 성명 명칭
number|nummer zahl|numéro nombr chiffr|númer|numer|númer|nummer getal|numer liczb|номер числ|numara sayı|号码 数字 编号|番号 数字|번호 숫자
code|kode code|code|código|codice|código|code|kod= kodu|код= кода коду|kod= kodu|代码 码|コード|코드
password|passwort kennwort|mot= passe|contraseñ|password|senha|wachtwoord|hasł|парол|şifre parola|密码|パスワード|비밀번호 암호
secret|geheim|secret|secret|segret|segred|geheim|tajn sekret tajemn|секрет тайн|gizli sır|秘密 机密|秘密|비밀
confidential|vertraulich|confidentiel|confidencial|riservat confidenz|confidencial|vertrouwelijk|poufn|конфиденц|gizli|机密 保密|機密 極秘|기밀
private personal|privat persönlich|privé personnel|privad personal|privat personal|privad pesso|privé persoonlijk|prywatn osobist|личн персонал частн|özel kişisel|私人 个人 隐私|個人 プライベート|개인 사적
internal|intern|intern|intern|intern|intern|intern|wewnętrzn|внутрен|iç= dahili|内部|内部 社内|내부 사내
public|öffentlich|publi|públic|pubblic|públic|openbaar publiek|publiczn|публичн общедост|kamu halk|公开 公共|公開 公共|공개 공공
company|firma unternehmen|entreprise société|empresa compañía|aziend societ impres|empresa companhia|bedrijf|firm= firma firmy firmie spół|компани фирм|şirket firma|公司 企业|会社 企業|회사 기업
business|geschäft|affair|negoci|affari|negóci|zaken zakelijk|biznes|бизнес делов|işletme|商业 业务|ビジネス 事業|사업 비즈니스 영업
product|produkt ware|produit|product|prodott|produt|product|produkt|продукт товар|ürün|产品 商品|製品 商品|제품 상품
service|dienst service|servic|servici|serviz|serviç|dienst|usług serwis|услуг сервис служб|hizmet servis|服务|サービス|서비스
price cost|preis kost|prix coût|preci cost|prezz cost|preç cust|prijs kost|cen= ceny cenę cenach koszt|цен стоим|fiyat ücret maliyet|价格 费用 成本|価格 料金 費用 値段|가격 비용 요금
discount|rabatt nachlass|remise réduct rabais|descuent|scont|descont|korting|rabat zniżk|скидк|indirim|折扣 优惠|割引|할인
account|konto konten|compte|cuent|conto conti account|conta|rekening account|kont= konto konta|счёт счет аккаунт|hesap hesab|账户 帐户 账号|口座 アカウント|계정 계좌
card|karte|carte|tarjet|cart|cartão cartões|kaart|kart= karta karty kartę|карт|kart= kartı|卡= 卡片|カード|카드
bank|bank|banque|banc|banca|banc|bank|bank|банк|banka|银行|銀行|은행
money|geld|argent|diner|denar sold|dinheir|geld|pieni|деньг|para=|金钱 钱|お金 金銭|돈= 금전
contract agreement|vertrag vertrg|contrat|contrat|contratt|contrat|contract overeenkomst|umow|договор контракт|sözleşme|合同 协议|契約|계약
invoice bill|rechnung|factur|factur|fattur|fatur|factuur rekening|faktur rachun|счёт счет|fatura|发票 账单|請求 領収|청구 송장 영수
deliver ship|liefer versand|livr expédi|entreg enví|consegn spediz|entreg envio|bezorg lever|dostaw dostarcz|достав|teslim kargo|交付 送货 发货 配送|配送 配達 発送|배송 배달
address|adresse anschrift|adress|direcc|indirizz|endereç morad|adres|adres|адрес|adres|地址|住所|주소
time|zeit|temps heure|tiempo hora|tempo ora=|tempo hora|tijd|czas|врем|zaman süre|时间|時間|시간
day|tag= tage tagen täglich|jour|día= días diari|giorn|dia= dias diári|dag= dagen dagelijk|dzień dni=|день дня= дней дни=|gün|天= 日|日|일= 하루
week|woche|semain|seman|settiman|seman|week|tydzie tygodn|недел|hafta|周= 星期|週|주= 주일
month|monat|mois|mes= meses mensual|mese mesi|mês= meses mensal|maand|miesi|месяц|ay= aylık|月|月|월= 개월 달
year|jahr|année ans=|año|anno anni=|ano= anos|jaar jaren|rok= roku lat= lata|год|yıl|年|年|년
hour minute|stunde uhr= minut|heure minut|hora minut|ora= ore= minut|hora minut|uur minuut|godzin minut|час минут|saat dakika|小时 分钟|時間 分|시간 분
today tomorrow|heute morgen|aujourd demain|hoy= mañana|oggi domani|hoje amanhã|vandaag morgen|dziś dzisiaj jutro|сегодня завтра|bugün yarın|今天 明天|今日 明日|오늘 내일
first|erst zuerst|premi|primer|prim|primeir|eerst|pierwsz najpierw|перв сначала|ilk= önce birinci|首先 第一|最初 まず 第一|먼저 처음 첫
second|zweit sekunde|deuxième second|segund|second|segund|tweede second|drug|втор|ikinci saniye|第二 秒|第二 秒|두번째 초=
last final|letzt schließlich|dernier final|últim final|ultim final|últim final|laatst|ostatni końcow|последн|son= sonuncu|最后 最终|最後 最終|마지막 최종
next follow|nächst folgend|suivant prochain|siguient próxim|seguent prossim|seguint próxim|volgend|następ kolejn|следующ|sonraki gelecek|下一 接下来 以下|次= 次の 以下|다음 아래
before|bevor vor= zuvor|avant|antes|prima|antes|voordat voor=|przed zanim|прежде перед до=|önce|之前 以前|前に 以前|전에 이전
after|nach= nachdem danach|après|después tras=|dopo|depois após|na= nadat daarna|po= potem|после|sonra|之后 以后|後に 後で その後|후에 이후
when if whenever|wenn falls sobald|quand lorsque si=|cuando si=|quando se=|quando se=|wanneer als= indien|gdy= kiedy jeśli jeżeli|когда если|eğer zaman ise=|如果 当= 若|場合 もし とき|경우 만약 때
until|bis=|jusqu|hasta|fino finché|até|tot= totdat|dopóki aż=|до= пока|kadar|直到|まで|까지
without|ohne|sans|sin=|senza|sem=|zonder|bez=|без=|olmadan|没有 不带|なしで なく|없이
except unless|außer sofern|sauf except moins|except salvo menos|tranne salvo meno|exceto salvo menos|behalve tenzij|oprócz chyba|кроме если= исключ|hariç dışında|除非 除了|除き 除く ない限り|제외 외에 않는 한
everything all else|alles übrig|tout reste|todo demás resto|tutto resto|tudo todo resto|alles overig|wszystk reszt|всё все= остальн|her= şey diğer|一切 所有 其他 其余|すべて 全て 他の その他|모든 나머지 그외
other|ander|autre|otr|altr|outr|ander|inn= inny inne innych|друг иной|başka diğer|其他 另|他の 別の|다른
same|gleich selb|même|mism|stess|mesm|zelfde dezelfde|sam= takie=|тот= же= одинак|aynı|相同 同样|同じ|같은 동일
new|neu|nouv|nuev|nuov|nov|nieuw|now|нов|yeni|新|新し 新規|새로 신규
old|alt= alte alten|ancien vieux|viej antigu|vecchi|velh antig|oud= oude|star|стар|eski|旧 老|古い 旧|오래 낡은
important|wichtig|importan|importan|importan|importan|belangrijk|ważn istotn|важн|önemli|重要|重要 大切|중요
necessary|notwendig nötig erforderlich|nécess|neces|necess|necess|noodzak nodig|koniecz niezbęd|необходим|gerekli|必要 必须|必要|필요
possible|möglich|possib|posib|possib|possív|mogelijk|możliw|возмож|mümkün olası|可能|可能|가능
clear|klar deutlich|clair|clar|chiar|clar|duidelijk helder|jasn wyraźn|ясн чётк четк понятн|açık net=|清晰 清楚 明确|明確 明らか はっきり|명확 분명
short brief concise|kurz knapp prägnant|court bref brèv concis|cort breve concis|brev conci|curt breve concis|kort beknopt|krót zwięz|кратк коротк|kısa özlü|简短 简洁 简明|短い 簡潔 短く|짧 간결 간단
long|lang= lange langen|long= longue longs|larg|lung|long= longo longa|lang= lange|dług|длин долг|uzun|长=|長い 長く|긴= 길
simple plain easy|einfach schlicht leicht|simple facil|sencill simple fácil|semplic facil|simples fácil|eenvoudig simpel makkelijk|prost łatw|прост лёгк легк|basit kolay sade|简单 简易 朴素|簡単 シンプル 平易 易し|쉬운 단순 쉽
complex difficult|komplex schwierig kompliziert|compliqu complex difficil|complej difícil|compless difficil|complex difícil|complex moeilijk ingewikkeld|złożon trudn|сложн трудн|karmaşık zor=|复杂 困难|複雑 難し 困難|복잡 어려
correct right|korrekt richtig|correct exact juste|correct|corrett giust|corret cert|juist correct|poprawn prawidł|правильн коррект верн|doğru|正确|正し 正確|올바 정확 옳
wrong error mistake|falsch fehler|faux erreur|incorrect error equivoc|sbagli error|errad erro=|fout verkeerd|błąd błęd|ошиб неправ|yanlış hata|错误 错=|間違 誤り エラー|잘못 오류 틀린
exact precis accura|genau präzis exakt|précis exact|precis exact|precis esatt accurat|precis exat|nauwkeurig precies exact|dokład precyz|точн|kesin tam= hassas|准确 精确|正確 精密|정확 정밀
good well|gut= gute guten|bon= bonne bien=|buen bien=|buon bene|bom= boa= bem=|goed|dobr|хорош|iyi=|好= 良好|良い よい 良く|좋 잘=
best better|best= beste besten besser|meilleur mieux|mejor|miglior meglio|melhor|best= beste beter|najleps lepsz lepiej|лучш|iyi= daha=|最佳 更好 最好|最適 最高 より=|최고 최적 더=
bad poor|schlecht|mauvais|mal= malo|cattiv mal=|mau= má= ruim|slecht|zły= źle|плох|kötü|坏 不好|悪い|나쁜
polite courteous|höflich|poli= polie polim courtois|cortés educad amable|cortes educat gentil|educad cortês gentil|beleefd|uprzejm grzeczn|вежлив|kibar nazik|礼貌|丁寧 礼儀|정중 예의 공손
friendly kind|freundlich nett|amical aimable sympath|amable amistos|amichevol cordial gentil|amigáv amáv simpát|vriendelijk|przyjaz życzliw mił|дружелюб приветлив любезн|dostça samimi arkadaşça|友好 亲切|親切 フレンドリー 親しみ|친절 친근
professional|fachlich professionell|professionnel|profesional|professional|profissional|professioneel vakkundig|profesjonal zawodow|профессионал|profesyonel|专业|プロ 専門的|전문적 전문
formal|förmlich formell|formel|formal|formal|formal|formeel|formaln oficjaln|формал официал|resmi|正式|フォーマル 正式|격식 공식
calm patient|ruhig geduldig|calm patien|calm pacien tranquil|calm pazien|calm pacien|rustig kalm geduldig|spokojn cierpliw|спокой терпелив|sakin sabırlı|耐心 冷静|冷静 忍耐|침착 인내 차분
honest|ehrlich|honnêt|honest|onest|honest|eerlijk|uczciw szczer|честн|dürüst|诚实|正直 誠実|정직
careful|vorsichtig sorgfältig|prudent soigneu attenti|cuidados|attent accurat|cuidados|zorgvuldig voorzichtig|ostroż starann uważn|осторож тщательн внимательн|dikkatli özen|小心 仔细|注意 慎重 丁寧|주의 신중
safe secur|sicher sicherheit|sécurit sûr|segur|sicur|segur|veilig|bezpiecz|безопас|güven|安全|安全 セキュリティ|안전 보안
legal law lawyer|recht= gesetz anwalt juristisch rechtlich|légal loi= avocat juridi|legal ley= abogad juríd|legal legge avvocat giurid|legal lei= advogad juríd|wet= advocaat juridisch wettelijk|prawn prawo adwokat|закон юрист адвокат правов|yasal hukuk avukat|法律 律师|法律 弁護士 法的|법률 변호사 법적
medical health|medizin gesundheit|médic santé|médic salud|medic salut|médic saúde|medisch gezondheid|medyczn zdrow|медицин здоров|tıbbi sağlık|医疗 健康 医学|医療 健康 医学|의료 건강
diagnos|diagnos|diagnos|diagnós diagnost|diagnos|diagnós diagnost|diagnos|diagnoz|диагно|teşhis tanı=|诊断|診断|진단
medication medicine drug|medikament arznei|médicament|medicament medicina|farmac medicin|medicament remédi|medicijn geneesmiddel|lek= leki leków|лекарств препарат|ilaç|药物 药|薬|약= 약물
patient|patient|patient|pacient|pazient|pacient|patiënt|pacjent|пациент|hasta= hastalar|患者 病人|患者|환자
appointment meeting|termin treffen|rendez réunion|cita= citas reuni|appuntament riunion|consulta reuni marcaç|afspraak vergadering|wizyt spotkan|встреч приём прием|randevu toplantı|约会 会议 预约|予約 会議|약속 회의 예약
question exam test|prüfung test|examen test|examen prueba|esame prova test|exame prova teste|toets test examen|egzamin test|экзамен тест|sınav test|测试 考试|試験 テスト|시험 테스트
problem issue|problem|problèm|problem|problem|problem|probleem|problem|проблем|sorun problem|问题 难题|問題 課題|문제
solution solv resolv|lösung lös|solution résou résol|soluc resol resuelv|soluzion risol|soluç resol|oplossing oplos|rozwiąz|решен решать реши|çözüm çöz|解决|解決|해결
example|beispiel|exempl|ejempl|esemp|exempl|voorbeeld|przykład|пример|örnek|例子 示例 例如|例= 例え 例を|예시 예를 예제
step|schritt|étape|paso|passo passi passagg|passo passos etap|stap|krok etap|шаг этап|adım|步骤 步|手順 ステップ 段階|단계
list|liste|liste|lista|elenc lista|lista|lijst|lista listy listę wykaz|списо спиcк списк|liste|列表 清单|リスト 一覧|목록 리스트
point|punkt|point|punto|punto punti|ponto|punt= punten|punkt|пункт точк|nokta madde|要点 点|ポイント 点|요점 포인트
title head|titel überschrift|titre|título|titol|título|titel kop=|tytuł nagłów|заголов назван|başlık|标题|タイトル 見出し|제목
format|format|format|format|format|format|formaat opmaak|format|формат|biçim format|格式|形式 フォーマット|형식 포맷
style tone|stil= tonfall ton=|style ton=|estilo tono|stile tono|estilo tom=|stijl toon|styl ton=|стил тон=|üslup stil ton=|风格 语气 口吻|スタイル 口調 文体 トーン|스타일 어조 문체 톤
output|ausgabe|sortie|salida|output uscit|saída|uitvoer|wynik wyjści|вывод результат|çıktı|输出|出力|출력
input|eingabe|entrée saisi|entrada|input ingress|entrada|invoer|wejści dane|ввод входн|girdi giriş|输入|入力|입력
data|daten|donné|dato datos|dati=|dado|gegevens|dane= danych|данн|veri= verileri verile|数据 资料|データ|데이터
file document|datei dokument|fichier document|archivo documento ficher|file= document|arquivo documento ficheir|bestand document|plik dokument|файл документ|dosya belge|文件 文档|ファイル 文書 書類 ドキュメント|파일 문서
image picture photo|bild= bilder foto|image photo|imagen foto|immagin foto|imagem imagen foto|afbeelding beeld foto|obraz zdjęci|изображен картин фото|görsel resim fotoğraf|图片 图像 照片|画像 写真|이미지 사진
website page|webseite seite|site= page|página sitio|pagin sito|página site=|website pagina|stron witryn|сайт страниц|sayfa site|网站 页面 网页|サイト ページ|사이트 페이지
link|link verknüpf|lien|enlace|link collegament|link ligaç|link koppeling|link łącze|ссылк|bağlantı link|链接|リンク|링크
tool|werkzeug tool|outil|herramient|strument|ferrament|hulpmiddel gereedschap tool|narzędzi|инструмент|araç araçlar|工具|ツール 道具|도구
program code software|programm software|programm logiciel|programa software|programm software|programa software|programma software|program oprogram|программ|program yazılım|程序 编程 软件 代码|プログラム ソフト コード|프로그램 소프트웨어 코드
function feature|funktion|fonction|funci|funzion|funç|functie|funkcj|функци|işlev özellik|功能 函数|機能 関数|기능 함수
technolog technical|technisch technolog|techni technolog|técnic tecnolog|tecnic tecnolog|técnic tecnolog|technisch technolog|techniczn technolog|техни технолог|teknik teknoloji|技术|技術 テクノロジー|기술
project|projekt|projet|proyecto|progett|projeto projet|project|projekt|проект|proje|项目|プロジェクト|프로젝트
plan|plan|plan|plan|pian|plano planej plane|plan|plan|план|plan|计划 规划|計画|계획
goal aim target|ziel|objecti but=|objetiv meta|obiettiv|objetiv meta|doel|cel= cele celu|цел|hedef amaç|目标 目的|目標 目的|목표 목적
task|aufgabe|tâche|tarea|compit attivit|tarefa|taak taken|zadani|задач задани|görev|任务|タスク 課題 任務|작업 과제 임무
role|rolle|rôle|rol= papel|ruolo|papel função|rol=|rol= rola rolę|рол|rol= rolü|角色|役割 役|역할
character|figur charakter|personnag caractèr|personaj carácter|personagg caratter|personagem carácter|personage karakter|posta charakter|персонаж характер|karakter|角色 人物 性格|キャラクタ 登場 性格|캐릭터 인물 성격
story tale|geschichte erzählung|histoire récit|historia cuento relato|stori raccont|história conto|verhaal|histori opowie|истори рассказ|hikaye öykü|故事|物語 話 ストーリー|이야기 스토리
game play|spiel|jeu= jeux jou|jueg jug|gioc|jogo jogar|spel= speel|gra= grę graj gry=|игр|oyun oyna|游戏|ゲーム 遊|게임 놀
book|buch bücher|livre|libro|libro libri|livro|boek|książ|книг|kitap|书= 书籍|本= 書籍|책
article essay|artikel aufsatz|article essai|artícul ensayo|articol saggio|artig ensaio redaç|artikel essay opstel|artykuł esej|стат эссе|makale deneme|文章 论文 作文|記事 論文 作文 エッセイ|기사 논문 에세이 글
poem|gedicht|poèm|poema|poesi|poema|gedicht|wiersz|стих|şiir|诗|詩|시=
email mail|mail= e-mail|courriel mail|correo|email posta|email correio|mail= e-mail|mail= e-mail|почт|posta e-posta|邮件 电子邮件|メール|이메일 메일
phone|telefon|téléphon|teléfon|telefon|telefon|telefoon|telefon|телефон|telefon|电话|電話|전화
market advertis|markt werb marketing|marché marketing publicit|mercad marketing publicid|mercat marketing pubblicit|mercad marketing publicid|markt marketing reclame|rynek rynk marketing reklam|рын маркетинг реклам|pazar reklam|市场 营销 广告|市場 マーケティング 広告|시장 마케팅 광고
analy|analys|analy|anali analic|analiz|anali análi|analys|analiz|анализ|analiz|分析|分析|분석
research|forsch recherch|recherch|investig|ricerc|pesquis investig|onderzoek|bada= badan|исслед|araştır|研究 调研|研究 調査|연구 조사
scien|wissenschaft|scien|cienc cientí|scien|ciênc cientí|wetenschap|nauk|наук научн|bilim|科学|科学|과학
math|mathemat|mathém|matemát|matemat|matemát|wiskund|matemat|математ|matematik|数学|数学|수학
histor|geschicht|histoir|histori|stori|históri|geschied|histor|истори|tarih|历史|歴史|역사
cultur|kultur|cultur|cultur|cultur|cultur|cultu|kultur|культур|kültür|文化|文化|문화
religio|religi|religi|religi|religi|religi|religi|religi|религ|din= dini|宗教|宗教|종교
politic|politi|politi|polític|politic|polític|politi|polity|полити|siyas politik|政治|政治|정치
music song|musik lied|musiq chanson|músic canci|music canzon|músic canç|muziek lied|muzyk piosen|музык песн|müzik şarkı|音乐 歌曲|音楽 曲|음악 노래
art|kunst|art= artist|arte artíst|arte artist|arte artíst|kunst|sztuk artyst|искусств художе|sanat|艺术|芸術 美術|예술 미술
design|gestalt design entwurf|concep design|diseñ|design progett|design projet|ontwerp|projekt design|дизайн проектир|tasarım tasarla|设计|設計 デザイン|디자인 설계
food eat meal|essen speise nahrung|nourri alimen repas mang|comid aliment com= comer|cibo aliment mang past|comida aliment comer refei|eten voedsel maaltijd|jedzen żywno posił|ед= еда= еду пищ|yemek gıda|食物 食品 吃|食べ 食事 食品|음식 식사 먹
recipe cook kitchen|rezept koch küche|recette cuisin|receta cocin|ricett cucin|receit cozinh|recept kook keuken|przepis gotow kuchni|рецепт готов кухн|tarif pişir mutfak|食谱 烹饪 厨房|レシピ 料理 キッチン|레시피 요리 주방
restaurant table|restaurant tisch|restaurant table|restaurant mesa|ristorant tavol|restaurant mesa|restaurant tafel|restaurac stolik|ресторан стол|restoran masa|餐厅 桌|レストラン テーブル|식당 레스토랑 테이블
travel trip journey|reis|voyag|viaj|viagg|viag|reis|podróż|путешеств поездк|seyahat yolculuk gezi|旅行 旅游|旅行|여행
flight fly|flug flüg flieg|vol= vols|vuelo|volo voli|voo= voos|vlucht vlieg|lot= lotu loty lotów|рейс полёт полет|uçuş uçak|航班 飞行|便 フライト 飛行|항공 비행
luggage bag|gepäck|bagage|equipaj maleta|bagagli|bagag|bagage|bagaż|багаж|bagaj|行李|荷物 手荷物|수하물 짐
hotel room|hotel zimmer|hôtel chambr|hotel habitac|hotel camer|hotel quarto|hotel kamer|hotel pokój pokoj|отел гостиниц номер|otel oda|酒店 房间|ホテル 部屋|호텔 방=
ticket|ticket fahrkart karte|billet|billete entrada boleto|bigliet|bilhet|kaartje ticket|bilet|билет|bilet|票= 门票|チケット 切符|티켓 표=
car vehicle|auto= autos fahrzeug wagen|voiture véhicul|coche auto= vehícul|auto= macchin veicol|carro veícul|auto= voertuig|samoch pojazd|машин автомоб|araba araç|汽车 车辆|車 自動車|자동차 차량
city town|stadt städt|ville|ciudad|città|cidade|stad= steden|miast|город|şehir kent|城市|都市 街 市|도시
country|land= länder|pays|país|paes|país|land= landen|kraj|стран|ülke|国家|国|나라 국가
home house|haus= häus zuhause|maison|casa|casa|casa|huis|dom= domu|дом= дома|ev= evi|家 房子|家|집=
school class lesson|schule klasse unterricht|école classe cours|escuel clase lecci|scuol class lezion|escol aula liç|school klas les=|szkoł klas lekcj|школ класс урок|okul sınıf ders|学校 课程 课|学校 授業 クラス|학교 수업 수강
homework exercise|hausaufgab übung|devoir exercic|deber ejercici tarea|compit eserciz|dever exercíci lição|huiswerk oefening|domow ćwicz|домашн упражн|ödev alıştırma|作业 练习|宿題 練習|숙제 연습
family|famili|famill|famil|famigli|famíl|familie gezin|rodzin|семь|aile|家庭|家族|가족
life live|leben lebens|vie= vivre|vida viv|vita viv|vida viv|leven|życi|жизн|hayat yaşam|生活 人生 生命|生活 人生 命|삶= 생활 인생
emotion feel|gefühl emotion fühl|émotion senti|emoci sent|emozion sent|emoç sent|gevoel emotie|emocj uczuc|эмоц чувств|duygu his=|情感 情绪 感受|感情 気持ち 感じ|감정 느낌 느끼
love|lieb|amour aim|amor|amor amar|amor amar|liefde|miłoś kocha|любов люб|aşk sev|爱|愛|사랑
experienc|erfahr|expérien|experien|esperien|experiên|ervaring|doświad|опыт|deneyim tecrübe|经验 体验|経験 体験|경험
skill abilit|fähigkeit fertigkeit können|compétenc capacit|habilidad capacid|abilit competenz capacit|habilid capacid competên|vaardig|umiejętn zdolno|навык способн умени|beceri yetenek|技能 能力|スキル 能力|기술 능력
level|niveau stufe ebene|niveau|nivel|livell|nível nívei|niveau|poziom|уровен|seviye düzey|水平 级别|レベル 水準|수준 레벨
quality|qualität|qualit|calidad|qualit|qualid|kwaliteit|jakoś|качеств|kalite|质量|品質 質|품질 질=
method way approach|methode weise art= ansatz|méthod façon manièr approch|métod manera forma enfoque|metod modo approcc|métod maneir forma abordag|methode manier aanpak|metod sposób podejś|метод способ подход|yöntem yol= yaklaşım|方法 方式|方法 手法 やり方|방법 방식
process|prozess ablauf vorgang|process|proces|process|process|proces|proces|процес|süreç işlem|过程 流程 处理|過程 プロセス 処理|과정 절차 처리
result|ergebnis resultat|résultat|resultad|risultat|resultad|resultaat|wynik rezultat|результат|sonuç|结果|結果|결과
reason cause|grund gründe ursache|raison caus|razón razon caus|ragion motiv caus|razão motiv caus|reden oorzaak|powód powod przyczyn|причин|neden sebep|原因 理由|理由 原因|이유 원인
opinion view|meinung ansicht|avis opinion|opini|opinion parer|opini|mening|opini zdani|мнени|görüş fikir|意见 观点|意見 見解|의견 견해
idea concept|idee konzept|idée concept|idea concept|idea concett|ideia conceit|idee concept|pomysł koncepcj|иде= идеи идея концеп|fikir kavram|想法 概念|アイデア 概念|아이디어 개념
fact|tatsach fakt|fait= faits|hecho|fatto fatti|fato= fatos|feit|fakt|факт|gerçek|事实|事実|사실
true|wahr= wahre|vrai|verdad verdader cierto|vero vera=|verdad verdadeir|waar= ware|prawd|правд истин|gerçek doğru|真实 真=|本当 真実|진실 사실
context situation|kontext zusammenhang situation lage|context situat|context situac|contest situaz|context situaç|context situatie|kontekst sytuacj|контекст ситуац|bağlam durum|背景 上下文 情况 情境|文脈 状況|맥락 상황
case|fall= fälle|cas=|caso|caso casi|caso|geval gevallen|przypad|случа|durum vaka|情况 案例|場合 事例|경우 사례
attention|aufmerksam achte beacht|attention|atenci|attenzion|atenç|aandacht let=|uwag|вниман|dikkat|注意|注意|주의
improv enhanc|verbesser|amélior|mejor|miglior|melhor aprimor|verbeter|popraw uleps|улучш|iyileştir geliştir|改进 提高 改善 提升|改善 向上|개선 향상
develop|entwickl entwickel|développ|desarroll|svilupp|desenvolv|ontwikkel|rozwij rozwój rozwoj opracow|разви разработ|geliştir|开发 发展|開発 発展|개발 발전
optimi|optimier|optimi|optimi|ottimizz|otimiz|optimalis|optymal|оптимиз|optimiz|优化|最適化|최적화
choose select|wähl auswähl auswahl|choisi choix sélection|elig escog selec|scegl scelt selezion|escolh selec|kies keuze selecteer|wybier wybór wybra|выб|seç= seçin seçim|选择|選択 選び 選ぶ|선택 고르
decid|entscheid|décid décis|decid decis|decid decis|decid decis|beslis besluit|decyzj decyd|реш|karar|决定|決定 決め|결정
compar|vergleich|compar|compar|confront paragon|compar|vergelijk|porówn|сравн|karşılaştır kıyas|比较 对比|比較|비교
add|hinzufüg ergänz füg|ajout|añad agreg|aggiung|adicion acrescent|toevoeg voeg|doda|добав|ekle|添加 增加|追加 加え|추가 더하
remov delet|entfern lösch|supprim enlev|elimin borr|rimuov elimin cancell|remov elimin exclu|verwijder|usuń usuwa|удал убер|sil= kaldır|删除 移除|削除 除去|삭제 제거
replac|ersetz|remplac|reempl sustitu|sostitu|substitu|vervang|zastąp zamie|замен|değiştir yerine|替换|置き換え 交換|대체 교체
convert transform|umwandel wandel|convert transform|convert conviert transform|convert trasform|convert transform|omzet zet=|konwert przekształ|преобраз конверт|dönüştür|转换|変換|변환
combin|kombinier verbind|combin|combin|combin|combin|combineer|połącz łącz|комбин сочет объедин|birleştir|结合 组合|組み合わせ 結合|결합 조합
organiz structur|organisier struktur gliedern|organis structur|organiz estructur|organizz struttur|organiz estrutur|organis structu|organiz struktur|организ структур|düzenle yapı|组织 结构|構造 整理 構成|구조 조직 정리
explor discover|erkund entdeck|explor découvr|explor descubr|esplor scopr|explor descobr|verken ontdek|odkry bada|исслед откры|keşfet|探索 发现|探る 発見 探求|탐구 탐색 발견
express|ausdruck ausdrück|exprim expression|expres|esprim espression|express|uitdruk|wyraż wyraz|выраж выраз|ifade|表达|表現|표현
communicat|kommunik|communi|comuni|comunic|comunic|communic|komunik|коммуник общен|iletişim|沟通 交流|コミュニケ 伝達|의사소통 소통
interact engag|interagier|intera|intera|intera|intera|interac|interak|взаимодейств|etkileşim|互动 交互|対話 交流|상호작용
feedback|rückmeldung feedback|retour feedback|comentari retroaliment|feedback riscontr|feedback retorno|feedback terugkoppel|opini informacj= zwrotn|обратн отзыв|geri= bildirim|反馈|フィードバック|피드백
trust|vertrau|confian|confi|fiduci|confia|vertrouw|zauf ufa=|довер|güven|信任|信頼|신뢰
respect|respekt|respect|respet|rispett|respeit|respect|szacun szanu|уваж|saygı|尊重|尊重 敬意|존중
protect|schütz schutz|protég protec|proteg protec|protegg protez|proteg proteç|bescherm|chroń ochron|защи|koru|保护|保護|보호
attack threat abus|angriff bedroh missbrauch beleidig|attaqu menac abus insult|ataqu amenaz abus insult|attacc minacc abus insult|ataqu ameaç abus insult|aanval dreig misbruik beledig|atak groźb nadużyc obraż|атак угроз оскорб злоупотреб|saldır tehdit hakaret|攻击 威胁 辱骂|攻撃 脅 暴言|공격 위협 욕설 모욕
warn|warn|avert|advert advier|avvert avvis|avis advert|waarschuw|ostrzeż|предупре|uyar|警告|警告|경고
request|bitte anfrage anforder|demand requêt|solicit petici pide|richiest richied|solicit pedido|verzoek|prośb żąda|запрос просьб|istek talep|请求 要求|依頼 要求 リクエスト|요청 부탁
reques transfer forward escalat|weiterleit überweis|transfér transm|transfer deriv escal|trasfer inoltr|transfer encaminh|doorverwij doorverbind|przekaż przekier|передай перевед направ эскал|aktar yönlendir ilet|转交 转接 转移 升级|転送 引き継|전달 이관 연결 전환
approv consent|genehm zustimm|approb approuv consent|aprob consent|approv consens|aprov consent|goedkeur toestemming|zgod zatwierdz|одобр соглас|onay|批准 同意|承認 同意|승인 동의
promis guarantee|versprech garant|promet promess garant|promet promes garant|promett promess garanz|promet promess garant|belof garant|obiec gwaranc|обеща гарант|söz= garanti vaat|承诺 保证|約束 保証|약속 보장
greet welcome|begrüß gruß willkommen|salu accueil bienvenu|salud bienvenid|salut benvenut accogl|saud cumpriment bem-vind|begroet welkom|powit witaj|приветств|selam karşıla hoş=|问候 欢迎|挨拶 歓迎 迎え|인사 환영
thank|dank|remerci|graci agradec|grazi ringrazi|obrigad agradec|dank bedank|dzięk podzięk|спасибо благодар|teşekkür|谢谢 感谢|感謝 ありがとう|감사
apolog sorry|entschuldig leid=|excus désol|discul|scus|desculp|excus spijt|przepras|извин|özür|抱歉 道歉|謝罪 申し訳|사과 죄송
contact|kontakt|contact|contact|contatt|contat|contact|kontakt|контакт свяж связ|iletişim|联系|連絡|연락
competitor|konkurren wettbewerb|concurren|competidor competenc|concorren|concorren|concurrent|konkuren|конкурент|rakip rekabet|竞争|競合 競争 他社|경쟁
emoji|emoji|emoji émoji|emoji|emoji|emoji|emoji|emoji|эмодзи смайл|emoji|表情|絵文字|이모지 이모티콘
exclamation mark|ausrufezeichen|exclamation|exclamaci|esclamativ|exclamaç|uitroepteken|wykrzykni|восклицат|ünlem|感叹号|感嘆符|느낌표
quotation quote|zitat anführung|citation guillemet|cita= comill|citazion virgolett|citaç aspas|citaat aanhaling|cytat cudzysł|цитат кавычк|alıntı tırnak|引用 引号|引用 引用符|인용 따옴표
source|quelle|source|fuente|fonte fonti|fonte|bron= bronnen|źródł|источник|kaynak|来源 来源于 源|出典 情報源 ソース|출처 소스
fiction imagin|fikti fantasie erfunden|ficti imagin|ficci imagin|fantasi immagin finzion|ficç imagin|fictie fantasie verbeeld|fikc wyobraź|вымыш воображ|kurgu hayal|虚构 想象|架空 想像 フィクション|허구 상상
creativ|kreativ|créati|creativ|creativ|criativ|creatie|kreatyw twórcz|творч креатив|yaratıcı|创意 创造性|創造 クリエイ|창의 창조
detail thorough compreh|ausführlich umfassend gründlich|approfond complet|exhausti complet detallad|approfond complet|abrangent complet detalhad|grondig uitgebreid volledig|szczegółow kompleks wyczerp|подробн полн всесторон|kapsamlı ayrıntılı|全面 详尽 完整|包括 徹底 完全|포괄 철저 완전
interest|interess|intérêt intéress|interés interes|interess|interess|interess belang|zainteres|интерес|ilgi= ilginç|兴趣 有趣|興味 関心|관심 흥미
market price invest financ|finanz invest|financ investi|financ finanz inver|finanz invest|financ invest|financ invest|finans inwest|финанс инвест|finans yatırım|金融 投资 财务|金融 投資 財務|금융 투자 재무
native|mutter= einheimisch|natif matern|nativ|madreling nativ|nativ|moedertaal|ojczyst rodzim|родн носител|ana= yerli|母语 本地|ネイティブ 母国|원어민 모국
grammar vocabular spell|grammat wortschatz rechtschreib|gramma vocabul orthogr|gramát vocabul ortogr|gramma vocabol ortogr|gramát vocabul ortogr|gramma woordenschat spelling|gramat słownict ortogr|граммат словар орфогр|dilbilgi kelime= yazım|语法 词汇 拼写|文法 語彙 スペル|문법 어휘 철자
english|englisch|anglais|inglés ingles|inglese|inglês ingles|engels|angiel|английск англий|ingiliz|英语 英文|英語|영어
chinese|chinesisch|chinois|chin|cines|chin|chinees|chińsk|китайск|çince|中文 汉语|中国語|중국어
german|deutsch|allemand|alem|tedesc|alemã|duits|niemie|немец|alman|德语 德文|ドイツ語|독일어
french|französisch|françai|franc|frances|franc|frans|francus|француз|fransız|法语 法文|フランス語|프랑스어
german spanish|spanisch|espagnol|español|spagnol|espanhol|spaans|hiszpań|испан|ispanyol|西班牙|スペイン|스페인
japanese|japanisch|japonais|japon|giappon|japon|japans|japoń|японск|japon|日语 日文 日本|日本語|일본어
one hundred|hundert|cent=|cien ciento|cento|cem=|honderd|sto= stu=|сто= сотн|yüz=|一百|百|백
two twice|zwei zweimal|deux|dos=|due= volte|dois duas|twee tweemaal|dwa= dwie dwukrotn|два= две= дважды двух|iki|两 二|二つ 二回 二度|두= 둘
three|drei|trois|tres=|tre=|três|drie|trzy|три= трёх трех|üç|三|三|세= 셋
once|einmal|une= fois|una= vez|una= volta|uma= vez|eenmaal één= keer|raz=|один раз= однажды|bir= kez|一次|一度 一回|한번 한= 번=
five|fünf|cinq|cinco|cinque|cinco|vijf|pię|пят|beş|五|五|다섯
ten|zehn|dix|diez|dieci|dez=|tien|dziesię|десят|on=|十|十|열=
percent|prozent|pour=cent|por=ciento|per=cento percentual|por=cento|procent|procent|процент|yüzde|百分|パーセント|퍼센트
part section|teil abschnitt|partie section|parte secci|part sezion|parte seç|deel sectie|część częś sekcj|част раздел|bölüm kısım|部分 章节|部分 セクション|부분 섹션
high increas|hoch erhöh steiger|haut élev augment|alt= alto alta aument|alt= alto alta aument|alt= alto alta aument|hoog verhoog|wysok zwiększ|высок повыш увелич|yüksek artır|高 提高|高い 高め 向上|높
low reduc|niedrig senk reduzier|bas= réduir rédui|baj= bajo reduc|bass riduc|baix reduz|laag verlaag|nisk obniż zmniejsz|низк сниж уменьш|düşük azalt|低 降低 减少|低い 減ら|낮 줄
specific particular|spezifisch bestimmt konkret|spécifi particuli précis|específic particular|specific particolar|específic particular|specifiek bepaald|konkretn szczególn określon|конкретн определён определен|belirli özgü özel|特定 具体|特定 具体|특정 구체
different various|verschieden unterschiedlich|différent divers|diferent divers|divers vari|diferent divers vári|verschillend|różn|различн разн|farklı çeşitli|不同 各种|異なる 様々 さまざま|다양 다른
appropriate suitable|angemessen passend geeignet|appropri adapt convien|apropiad adecuad|appropriat adatt adeguat|apropriad adequad|passend geschikt gepast|odpowiedni stosown|подходящ соответств|uygun|适当 合适 适合|適切 適した ふさわしい|적절 적합
relevant|relevant|pertinent|relevant pertinent|rilevant pertinent|relevant pertinent|relevant|istotn odpowiedni|релевант уместн соответств|ilgili alakalı|相关|関連|관련
expert deep|tief|profond approfond|profund|profond|profund|diep|głęb|глуб|derin|深入 深|深い 深く|깊
natural|natürlich|naturel|natural|natural|natural|natuurlijk|natural|естествен природ|doğal|自然|自然|자연
original|ursprünglich original|original origine|original|original|original|oorspronkelijk origineel|orygin pierwotn|исходн оригин|orijinal özgün|原始 原文 原=|元の 原文 オリジナル|원래 원본 원문
`;
