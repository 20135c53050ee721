"""What made-up sheets are filled with: names of people, teams and cars, known ones and invented ones."""

from __future__ import annotations

from random import Random


def _words(*lines: str) -> tuple[str, ...]:
    return tuple(word.replace("_", " ") for line in lines for word in line.split())


GIVEN_NAMES = _words(
    "Alain Alex Andrea André Anthony Antonio Arnaud Bernard Bob Bruno Carlo Carlos Charles Chris Christian Claude",
    "Colin Cor Damien Daniel David Dennis Derek Didier Dieter Dominic Eddie Emanuele Enrico Eric Ernst Fabio Felipe",
    "Fernando François Frank Gabriele Geoff Gérard Giancarlo Gianni Gijs Guy Hans Hans-Joachim Harald Henri Herbert",
    "Hiroshi Hughes Ian Jack Jacky Jan Jean Jean-Louis Jean-Pierre Jesper Jim Jo João Jochen Johnny Jonathan José",
    "Jürgen Karl Katsumi Kenji Klaus Lance Laurent Leo Lilian Luca Luigi Luis Manfred Marc Marco Mario Mark Martin",
    "Masahiro Massimo Mauro Max Michael Michel Mike Nick Nicola Oliver Oscar Paolo Pascal Patrick Paul Pedro Peter",
    "Philippe Pierre Ralf René Renger Ricardo Richard Rob Robert Robin Rolf Ron Roy Sascha Sébastien Stefan Stéphane",
    "Steve Sven Thierry Thomas Tim Tom Toshio Udo Vincent Walter Werner Will Wim Wolfgang Xavier Yannick Yves Yvan",
)
SURNAMES = _words(
    "Adams Albers Almeida Andersen Anderson Ashby Aubert Bachmann Baker Baldini Barbieri Barnes Barth Bauer Becker",
    "Bell Bellini Beltoise Berger Bianchi Blanc Bonnet Bouchut Bourdin Brandt Brunner Bryant Caldwell Campbell Caroli",
    "Carter Castellani Chapman Chevalier Clark Colombo Conti Cortez Costa Crawford Dalmas Davies de_Angelis",
    "de_la_Rosa Delorme Dickens Donovan Dubois Dumoulin Dupont Duval Edwards Elford Engel Esposito Evans Fabre",
    "Ferrara Fischer Fitzgerald Fontaine Forster Fournier Franchi Fuchs Garcia Gardner Gauthier Gerber Giraud",
    "Gordon Grant Greco Gregory Guérin Haas Hahn Hansen Harris Hartmann Hayashi Hélin Hermann Hobbs Hoffmann Holm",
    "Hughes Hunter Ickowski Ingram Jacobs Jacquet Jansen Jarrett Johansson Jones Kaiser Keller Kelly Klein Koch Köhler",
    "Kowalski Kramer Krüger Kurosawa Lacroix Lafont Lambert Lang Larsson Laurent Leclerc Lefèvre Lehmann Lemaire",
    "Lombardi López Lucas Macdonald Maier Mancini Marchetti Marsh Martinelli Mason Matsuda Mayer Mercier Meyer Miller",
    "Moretti Morgan Moulin Müller Murphy Nakamura Neumann Nielsen Nilsson Novak Oliveira Olsen Orsini Palmer Papini",
    "Parker Pellegrin Pereira Perrin Petersen Pfeiffer Pirro Poirier Quester Ravaglia Reid Reuter Ricci Richter",
    "Roberts Robinson Rousseau Roux Russo Salvi Sanchez Santos Saunders Schäfer Schmidt Schneider Schröder Serra",
    "Silva Simon Stewart Stuck Sullivan Suzuki Takahashi Tanaka Taylor Thompson Tremblay Turner van_Dijk van_den_Berg",
    "van_der_Meer Verhagen Vermeulen Vidal Villiers Vogel von_Bergen Wagner Walker Watson Weber Wendt White Williams",
    "Wilson Winkler Winters Wolf Wood Yamada Young Zanetti Ziegler Zimmermann",
)
PSEUDONYMS = _words("Beppe Caillou Dragon Elpis Gero Iccs Nomex Pam Segolen Steve_O'Rourke-West Tango Winter")
# Make, model, and an engine where one is printed behind the model.
CARS = tuple(
    tuple(car.split("|"))
    for car in (
        "Porsche|962C|",
        "Porsche|956|",
        "Porsche|908/3|",
        "Porsche|935 K3|",
        "Porsche|911 Carrera RSR|",
        "Porsche|911 GT3 R|",
        "Porsche|996 GT3-RS|",
        "Porsche|997 GT3 RSR|",
        "Ferrari|333 SP|",
        "Ferrari|F430 GTC|",
        "Ferrari|F40 LM|",
        "Ferrari|512 BB|",
        "Ferrari|550 Maranello|",
        "Audi|R8|",
        "Audi|R10 TDI|",
        "Peugeot|908 HDi FAP|",
        "Peugeot|905|",
        "Mazda|787B|",
        "Nissan|R90CK|",
        "Toyota|GT-One|",
        "Toyota|88C-V|",
        "Jaguar|XJR-9|",
        "Jaguar|XJR-14|",
        "BMW|M1|",
        "BMW|M3|",
        "BMW|320i|",
        "BMW|3.0 CSL|",
        "Chevrolet|Corvette C6.R|",
        "Chevrolet|Camaro|",
        "Ford|GT40|",
        "Ford|Capri RS|",
        "Ford|Sierra Cosworth RS500|",
        "Dodge|Viper GTS-R|",
        "Maserati|MC12|",
        "Aston Martin|DBR9|",
        "Aston Martin|Vantage GTE|",
        "Alfa Romeo|33/3|",
        "Alfa Romeo|GTV6|",
        "Lancia|LC2|",
        "Lancia|Beta Montecarlo|",
        "Renault|Clio Williams|",
        "Citroën|ZX 16V|",
        "Mercedes|CLK-GTR|",
        "Mercedes|190E 2.3-16|",
        "Lamborghini|Gallardo GT3|",
        "Lotus|Exige|",
        "Marcos|LM600|",
        "TVR|Tuscan T400R|",
        "Saleen|S7-R|",
        "Panoz|LMP-1 Roadster S|",
        "Lola|B2K/10|Ford",
        "Lola|T92/10|Judd",
        "Lola|T70 Mk III|Chevrolet",
        "Lola|B98/10|Judd",
        "Courage|C60|Peugeot",
        "Courage|C36|Porsche",
        "Dome|S101|Judd",
        "Oreca|07|Gibson",
        "Reynard|2KQ|Mopar",
        "Riley & Scott|Mk III|Ford",
        "Riley & Scott|Mk III|Judd",
        "Spice|SE88C|Ford",
        "Spice|SE90C|Ford",
        "Tiga|GC287|Ford",
        "Zytek|04S|Zytek",
        "Pilbeam|MP84|Nissan",
        "Lucchini|SR2-99|Alfa Romeo",
        "Debora|LMP2000|BMW",
        "Kremer|K8|Porsche",
        "WR|LM94|Peugeot",
        "Radical|SR9|AER",
        "Rondeau|M382|Ford",
    )
)
ENGINES = {"Ford": ("3.3 V8", "3.9 V8"), "Judd": ("4.0 V10", "3.4 V8"), "Porsche": ("2.6 F6 T", "3.0 F6 T")}
ENTRANTS = (
    "{s} Racing",
    "{s} Motorsport",
    "Team {s}",
    "Ecurie {s}",
    "Scuderia {s}",
    "{s} Racing Team",
    "{s} Competition",
    "{g}",
    "{m} Motorsport",
    "Equipe {m} France",
    "{s} & {t} Racing",
    "{s} Sport GmbH",
    "Écurie {s} Compétition",
    "{t} Engineering",
    "JW {s} Engineering",
    "{s} Corse",
    "Racing for {t}",
    "{m} Team {s}",
)
COUNTRIES = _words("Germany Great_Britain France Italy Belgium Netherlands USA Japan Switzerland Spain Austria Sweden")
CLASSES = (
    ("C1", "C2", "GTP"),
    ("LMP1", "LMP2", "GT1", "GT2"),
    ("LMP900", "LMP675", "GTS", "GT"),
    ("S 3.0", "S 2.0", "GT 2.0", "T 1.6"),
    ("GTP", "Lights", "GTO", "GTU"),
    ("GT3 Pro", "GT3 Pro-Am", "GT4"),
    ("A", "B", "C"),
    ("SP9", "SP7", "V4", "V5"),
    ("P+2.0", "P 2.0", "GT+2.0", "GT 1.3"),
    ("Hypercar", "LMP2", "LMGT3"),
)
STRANGE_CLASSES = (
    ("Group 4", "Group 5", "Group 2"),
    ("Cup 2", "Cup 3", "TCR"),
    ("Over 2000", "Under 2000"),
    ("Div. I", "Div. II", "Div. III"),
    ("Sports", "Touring", "Prototype"),
    ("Am", "Pro", "Silver"),
)
STRANGE_ENTRANTS = (
    "{s}",
    "{s}-{t}",
    "{s} Oil",
    "{t} Tabac",
    "{s} Brothers",
    "{g}",
    "A.S. {s}",
    "Garage {s}",
    "{s} Ltd.",
)
STRANGE_MODELS = ("Mk {n}", "{l}{n}", "{n}", "{l}{l}{n}", "GT {n}", "Spyder", "{n}{l}", "{l}-{n}", "Coupé {n}")
_STARTS = _words("Ash Bal Bro Cor Dra El Fen Gar Hol Iv Jar Kes Lor Mar Nor Os Pel Quin Ros Sand Tor Ul Ver Wex Zor")
_ENDS = _words("ane bek do eira feld ghi hurst ić ilov jima kiewicz lund mann nen oglu poulos quist rup sson tsu vos")


class Names:
    """The names of one sheet, a share of which nobody has printed before."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.strange = random.choices((0.0, 0.15, 0.5, 1.0), (24, 10, 4, 1))[0]

    def _is_strange(self) -> bool:
        return self.random.random() < self.strange

    def _invented(self) -> str:
        return self.random.choice(_STARTS) + self.random.choice(_ENDS)

    def given(self) -> str:
        """A given name."""
        return self._invented() if self._is_strange() else self.random.choice(GIVEN_NAMES)

    def surname(self) -> str:
        """A surname with its particles."""
        return self._invented() if self._is_strange() else self.random.choice(SURNAMES)

    def person(self) -> str:
        """A given name and a surname."""
        return f"{self.given()} {self.surname()}"

    def car(self) -> tuple[str, ...]:
        """Make, model, and the maker of the engine or nothing."""
        if not self._is_strange():
            return self.random.choice(CARS)
        model = self.random.choice(STRANGE_MODELS)
        letter, number = self.random.choice("ABCDGKLMPRST"), self.random.randint(1, 999)
        return self._invented(), model.format(l=letter, n=number), ""

    def entrant(self) -> str:
        """Who entered the car."""
        form = self.random.choice(STRANGE_ENTRANTS if self._is_strange() else ENTRANTS)
        return form.format(g=self.person(), s=self.surname(), t=self.surname(), m=self.random.choice(CARS)[0])

    def classes(self) -> list[str]:
        """One to four classes of one championship, the fastest first."""
        return list(self.random.choice(STRANGE_CLASSES if self._is_strange() else CLASSES))[: self.random.randint(1, 4)]
