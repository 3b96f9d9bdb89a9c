#include "text/abbreviations.h"

#include <unordered_map>
#include <unordered_set>

namespace reprise {
namespace {

using Words = std::unordered_set<std::string>;
using Lists = std::unordered_map<std::string, Words>;

Words Split(std::string_view list) {
  Words words;
  while (!list.empty()) {
    const size_t space = list.find(' ');
    if (space != 0) words.emplace(list.substr(0, space));
    if (space == std::string_view::npos) break;
    list.remove_prefix(space + 1);
  }
  return words;
}

const Lists& Abbreviations() {
  static const Lists& lists = *new Lists{
      {"en", Split("mr mrs ms dr prof sr jr st mt gen col lt sgt capt cmdr adm maj gov sen rep rev hon pres supt insp "
                   "messrs mmes no nos vol vols fig figs art arts sec ch chap pp ed eds eq e.g i.e cf vs viz al approx "
                   "dept univ inc ltd corp bros ave blvd rd jan feb mar apr jun jul aug sept sep oct nov dec ph.d "
                   "a.k.a u.s u.k u.n e.u")},
      {"de", Split("hr fr dr prof dipl ing med nat z.b z.t z.zt u.a u.ä u.u d.h i.d.r i.a i.e o.ä o.g s.o s.u bzw ca "
                   "evtl ggf inkl exkl max min nr str bd abs art vgl vs sog gem abb tab aufl hrsg jh st kap zzgl abzgl "
                   "jan feb mär apr jun jul aug sept okt nov dez")},
      {"fr",
       Split("m mm mme mlle dr pr me mgr st ste p.ex cf env éd vol chap art fig p pp n no av bd janv févr avr juill "
             "sept oct nov déc c.-à-d i.e")},
      {"es",
       Split("sr sra srta sres dr dra d dña don prof lic ing gral cnel ud uds vd vds núm nº pág págs art arts cap "
             "vol fig p.ej ej av avda c cía ee.uu ee uu aprox tel")},
      {"it", Split("sig sig.ra sig.na sigg dott dott.ssa prof prof.ssa ing avv arch on sen gen col mons s ss art artt "
                   "cap pag pagg vol fig n nn p pp cfr es p.es ecc.mo tel")},
      {"pt",
       Split("sr sra srs dr dra d prof profa eng gen cel exmo exma v.exa v art arts cap pág págs vol fig n nº núm "
             "p.ex ex av tel aprox ltda")},
      {"ru", Split("г гг ул пр просп пл д кв корп стр с п р рис табл гл ст им акад проф доц св т.е т.к т.н т.о т см ср "
                   "напр др.-греч тел тыс млн млрд руб коп ок обл р-н янв февр апр авг сент окт нояб дек")},
      {"pl", Split("dr prof mgr inż doc hab ks św gen płk kpt por ul al pl os nr str s rys tab rozdz art ust pkt poz t "
                   "np tzn tzw m.in t.j tj ok ww zob por tel godz im ur zm woj pow gm")},
      {"ar", Split("د أ م أ.د ص ج هـ ق.م ت.د ط")},
      {"he", Split("מס עמ טל רח שד פרופ ע ר")},
      {"hi", Split("डॉ श्री प्रो सं पं कु ई.पू मि")},
      {"ja", Split("mr mrs ms dr prof no vol fig st inc ltd co corp vs")},
      {"zh", Split("mr mrs ms dr prof no vol fig st inc ltd co corp vs")},
      {"ko", Split("mr mrs ms dr prof no vol fig st inc ltd co corp vs")},
      {"th", Split("ดร ศ รศ ผศ นพ พญ พล.อ พล.ต.อ พ.ศ ค.ศ ม.ร.ว ต อ จ ถ น mr mrs ms dr prof no vol")},
  };
  return lists;
}

bool Has(const Lists& lists, std::string_view language, std::string_view word) {
  const auto list = lists.find(std::string(language));
  return list != lists.end() && list->second.count(std::string(word)) > 0;
}

}  // namespace

bool IsAbbreviation(std::string_view language, std::string_view word) {
  const bool own = Abbreviations().count(std::string(language)) > 0;
  return Has(Abbreviations(), own ? language : "en", word);
}

bool IsOrdinalContext(std::string_view language, std::string_view next) {
  static const Lists& lists = *new Lists{
      {"de",
       Split("januar jänner februar märz april mai juni juli august september oktober november dezember jan feb apr "
             "jun jul aug sept okt nov dez jahrhundert jahrhunderts jahrhunderte jh weltkrieg weltkriegs "
             "jahrestag klasse stock auflage mal tag platz geburtstag")},
      {"pl", Split("stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia "
                   "wieku rocznica rocznicy piętro")},
  };
  return Has(lists, language, next);
}

bool OpensSentence(std::string_view language, std::string_view next) {
  static const Lists& lists = *new Lists{
      {"en",
       Split("the a an it he she they we you i in on at but and this that these those there however if when while "
             "after before as his her its their our my no yes for so")},
  };
  return Has(lists, language, next);
}

}  // namespace reprise
