"""Words that say how a sentence is built and not what it is about, for each language whose questions are looked up.

Articles, pronouns, question words, prepositions, conjunctions, auxiliaries in their forms, and adverbs of degree.
They tell languages apart, and never become key concepts; key concepts also leave out what bm25s lists.
"""

from __future__ import annotations

_WORDS = {
    "en": """
    the and of to in is how does what why a it this that with for are do can my i looked an at by from as be been
    being was were am has have had did done will would shall should could may might must not no nor or but if then
    than so such too very just only own same other another each every any all both few more most some many much
    little less least several enough rest whole lot you your he she his her him they them their we our us me mine
    its itself myself himself who whom whose which when where while after before during until since because although
    though about above below under over between into onto through against among within without upon off out up down
    again further once here there now also even still yet ever never always often sometimes however instead rather
    quite almost already else whether want wants wanted need needs needed let lets say says said going go goes went
    come comes came really like
    """,
    "de": """
    der die das und ist wie warum ein eine nicht mit auf ich im den von wird kann so dem zu es doch nur wenn wer wen
    wem wessen was wo wohin woher wann weshalb wieso welche welcher welches welchen des einer eines einem einen kein
    keine keinen keinem er sie wir ihr mich dich sich uns euch mir dir ihm ihn ihnen mein meine meinem meinen meiner
    dein deine sein seine seinen seinem seiner ihre ihren ihrem ihrer unser unsere euer dieser diese dieses diesem
    diesen jener jede jeder jedes jedem jeden alle allen alles viele vielen wenig wenige einige etwas nichts man bin
    bist sind seid war waren wurde wurden werden werde wirst worden geworden habe hast hat haben hatte hatten hätte
    wäre würde würden können könnte konnte muss müssen musste soll sollen sollte will wollen wollte darf dürfen mag
    möchte lassen lässt macht machen und oder aber denn weil dass ob als da damit obwohl während bis seit nach vor
    bei aus an am ans in ins zum zur vom beim für gegen ohne um über unter hinter neben zwischen durch auch noch
    schon sehr mehr ganz immer nie wieder hier dort dann jetzt nun eben gar etwa dabei dazu daran darauf davon
    daraus wobei woran wodurch womit wozu gesagt sagt sagen geht rest
    """,
    "fr": """
    le la les et est comment pourquoi un une des dans avec que qui ce pas je sur du au si soit même de à aux en par
    pour sans sous vers chez entre quoi dont où quand combien quel quelle quels quelles lequel laquelle il elle on
    nous vous ils elles me te se lui leur leurs mon ma mes ton ta tes son sa ses notre nos votre vos cet cette ces
    celui celle ceux celles ça cela ceci y ne plus moins très trop peu beaucoup aussi encore déjà toujours jamais
    rien tout toute tous toutes chaque autre autres quelque quelques plusieurs aucun aucune mais ou donc or ni car
    puis alors comme lorsque puisque parce ainsi être suis es sommes êtes sont était étaient été sera serait avoir
    ai as a avons avez ont avait avaient eu fait faire font fais peut peux peuvent pouvoir doit doivent devoir veut
    veux vouloir va vont aller sait dit dire est-ce qu'est-ce lors après avant pendant depuis contre reste
    """,
    "es": """
    el la los las y es cómo por qué un una en con que se del de al mi lo tan a o u e ni pero sino si no sí porque
    para sin sobre entre hasta desde hacia según durante tras como cuando donde quién quiénes quien cuál cuáles cual
    cuánto cuándo dónde yo tú él ella ello nosotros vosotros ellos ellas me te le les nos os su sus mis tu tus
    nuestro nuestra este esta esto estos estas ese esa eso esos esas aquel aquella muy más menos mucho muchos poco
    pocos todo toda todos todas otro otra otros otras cada algún alguno alguna algo alguien nada nadie ningún
    también tampoco ya aún todavía siempre nunca así entonces ser soy eres somos son era eran fue fueron sido siendo
    estar estoy está están estaba haber he ha han había hay tener tiene tienen hacer hace hacen hecho puede pueden
    poder debe deben quiere va van ir dice resto
    """,
    "pt": """
    o a os as e é como por que um uma em com não se do da no na meu tão de dos das nos nas ao aos à às pelo pela
    pelos pelas para sem sob sobre entre até desde quem qual quais quando onde quanto porque porquê eu tu ele ela
    nós vós eles elas você vocês me te lhe lhes minha meus minhas seu sua seus suas nosso nossa este esta isto estes
    estas esse essa isso esses essas aquele aquela aquilo muito muitos mais menos pouco poucos todo toda todos todas
    tudo outro outra outros cada algum alguma algo alguém nada ninguém nenhum também já ainda sempre nunca assim
    então mas ou nem ser sou são era eram foi foram sido sendo estar está estão estava haver há ter tem têm tinha
    fazer faz fazem feito pode podem poder deve devem quer vai vão ir diz resto
    """,
    "it": """
    il lo la gli e è come perché un una in con che non si di del della mi così i le uno da dal dalla dai dalle dei
    delle degli nel nella nei nelle al alla ai alle allo sul sulla sui sulle per tra fra su a ad ed o ma se né anche
    chi cui cosa quale quali quando dove quanto quanti io tu lui lei noi voi loro mio mia miei mie tuo tua suo sua
    suoi sue nostro ci vi ne questo questa questi queste quello quella quelli quelle molto molti più meno poco pochi
    tutto tutta tutti tutte altro altra altri altre ogni qualche qualcuno qualcosa niente nulla nessuno già ancora
    sempre mai allora quindi essere sono sei siamo siete era erano stato stata stati fu avere ho hai ha abbiamo
    hanno aveva fare fa fanno fatto può possono potere deve devono vuole va vanno dice senza sotto sopra dopo prima
    durante resto
    """,
    "nl": """
    de het een en is hoe waarom niet met op van ik dat die zijn wordt kan zo in te aan uit bij voor naar over om tot
    door tegen onder tussen zonder na sinds tijdens als dan maar of want omdat hoewel terwijl wanneer waar wie wat
    welke welk wiens hij zij ze wij we jij je u jullie hen hun hem haar mij me mijn jouw uw ons onze deze dit daar
    hier er geen wel ook nog al heel zeer veel weinig meer minder meest alle alles elke elk ieder iets niets iemand
    niemand ander andere altijd nooit vaak weer nu toen was waren ben bent geweest worden werd werden heb hebt heeft
    hebben had hadden kunnen kon moet moeten wil willen zal zullen zou zouden mag mogen doen doet gaat gaan laten
    laat zegt waardoor waarmee ervan
    """,
    "sv": """
    och är hur varför en ett det som med på inte jag av den till kan så i att för om från vid under över mellan
    genom efter före utan mot hos åt ur vad vem vilka vilken vilket var vart när där här då men eller utan samt
    eftersom medan du han hon vi ni de dem mig dig sig oss er min mitt mina din ditt dina sin sitt sina hans hennes
    vår våra deras denna detta dessa något någon några ingen inget inga alla allt varje annan annat andra mycket
    många mer mest mindre lite också även redan ännu alltid aldrig bara nu sedan ska skall skulle vill ville kunde
    måste bör får fick har hade haft vara varit blir blev bli blivit gör göra gjorde går gick säger sagt
    """,
    "pl": """
    i jest jak dlaczego nie na w z się to że do tak od a o u ze we po za przed nad pod przy przez dla bez między ale
    lub albo oraz czy bo więc gdy kiedy gdzie kto co kogo komu czym jaki jaka jakie jakich który która które których
    ja ty on ona ono my wy oni one mnie mi mię cię ci go mu jej jego ją nas nam was wam ich im nimi mój moja moje
    twój swój swoje ten ta te tego tej tym tych temu tę tamten wszystko wszystkie wszystkich każdy każda każde inny
    inne żaden nic nikt ktoś coś bardzo więcej mniej dużo mało też także jeszcze już zawsze nigdy tylko tu tam teraz
    potem być jestem są był była było byli będzie będą został została zostało mieć ma mają miał może mogą można musi
    muszą robi robić by aby żeby
    """,
    "tr": """
    ve bir bu nasıl neden için ile mi değil çok gibi da de ki mı mu mü ne niye niçin kim kimin hangi nerede nereden
    nereye ne kaç ben sen o biz siz onlar beni seni onu bizi sizi bana sana ona bize size onlara benim senin onun
    bizim sizin onların şu bunlar şunlar bunu şunu bunun her bazı hiç hep bütün tüm başka diğer daha en az fazla ama
    fakat veya ya çünkü eğer ise sonra önce kadar göre karşı doğru üzerinde altında içinde arasında olarak olan
    olduğu oldu olur olmak olsun var yok vardı yoktu idi imiş değildi etmek eder etti yapmak yapar yaptı yapıyor
    ediyor oluyor artık şimdi hâlâ bile sadece yalnız zaten böyle şöyle öyle
    """,
    "ru": """
    и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее её мне было вот от
    меня еще ещё нет о из ему теперь когда даже ну ли если уже или ни быть был была были будет будут него до вас
    опять вам ведь там потом себя ничего ей может они тут где есть надо ней для мы тебя их чем сам чтоб чтобы без
    раз тоже себе под ж тогда кто кого кому кем этот эта это эти этого этой этом этих тот та те того той тем почему
    зачем какой какая какое какие который которая которое которые которых который мой моя моё мои твой свой своя
    своё свои наш наша наше ваш каждый каждая другой другая другие весь вся всех всё при про через между над перед
    после потому можно нужно могут мог очень более менее также является являются
    """,
}
FUNCTION_WORDS = {language: frozenset(words.split()) for language, words in _WORDS.items()}
"""Words that every text in a language has, lower-case."""
