#include "formats/po_vocabulary.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "text/locale.h"

namespace reprise::po {
namespace {

struct Modifier {
  std::string_view gettext;
  std::string_view subtag;  // "" = says nothing of the language
  bool script;              // a script follows the language, a variant the region
};
constexpr Modifier kModifiers[] = {
    {"latin", "Latn", true},  {"cyrillic", "Cyrl", true},      {"devanagari", "Deva", true},
    {"arabic", "Arab", true}, {"valencia", "valencia", false}, {"euro", "", false},
};

// Languages that share a formula. What gettext's own manual and the projects' files use.
struct Plurals {
  std::string_view languages;  // " de en ..."
  std::string_view forms;
};
constexpr Plurals kPlurals[] = {
    {" ja ko zh vi th id ms lo km my ", "nplurals=1; plural=0;"},
    {" fr pt-BR hy ", "nplurals=2; plural=(n > 1);"},
    {" ru uk be sr hr bs ",
     "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"},
    {" pl ", "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"},
    {" cs sk ", "nplurals=3; plural=(n==1) ? 0 : (n>=2 && n<=4) ? 1 : 2;"},
    {" lt ", "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && (n%100<10 || n%100>=20) ? 1 : 2);"},
    {" lv ", "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n != 0 ? 1 : 2);"},
    {" ro ", "nplurals=3; plural=(n==1 ? 0 : (n==0 || (n%100 > 0 && n%100 < 20)) ? 1 : 2);"},
    {" sl ", "nplurals=4; plural=(n%100==1 ? 0 : n%100==2 ? 1 : n%100==3 || n%100==4 ? 2 : 3);"},
    {" ar ", "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5;"},
    {" en de nl sv da nb nn no fi et el he es pt it hu bg ca eu gl tr fa hi bn ta te mr ur sw af sq ka mn ",
     "nplurals=2; plural=(n != 1);"},
};

}  // namespace

absl::StatusOr<std::string> LocaleFromGettext(std::string_view name) {
  // "de_DE.UTF-8@euro": the charset says nothing of the language.
  const size_t at = name.find('@');
  std::string_view language = name.substr(0, std::min(at, name.find('.')));
  std::string tag(language);
  if (at != std::string_view::npos) {
    const std::string_view word = name.substr(at + 1);
    const auto* modifier = std::find_if(std::begin(kModifiers), std::end(kModifiers),
                                        [word](const Modifier& m) { return m.gettext == word; });
    if (modifier == std::end(kModifiers)) return CanonicalLocale(name);  // refuses the `@`
    if (modifier->script) {
      const size_t region = tag.find_first_of("_-");
      tag.insert(std::min(region, tag.size()), absl::StrCat("-", std::string(modifier->subtag)));
    } else if (!modifier->subtag.empty()) {
      absl::StrAppend(&tag, "-", std::string(modifier->subtag));
    }
  }
  return CanonicalLocale(tag);
}

std::string LocaleToGettext(std::string_view locale) {
  std::string language(locale.substr(0, locale.find('-')));
  std::string_view rest = locale.substr(language.size());
  std::string region, modifier;
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::string_view part = rest.substr(0, rest.find('-'));
    rest.remove_prefix(part.size());
    const auto* known = std::find_if(std::begin(kModifiers), std::end(kModifiers),
                                     [part](const Modifier& m) { return !m.subtag.empty() && m.subtag == part; });
    if (known != std::end(kModifiers) && modifier.empty()) {
      modifier = absl::StrCat("@", std::string(known->gettext));
    } else if (part.size() == 2 && region.empty() && modifier.find("valencia") == std::string::npos) {
      region = absl::StrCat("_", std::string(part));
    } else {
      return std::string(locale);
    }
  }
  return language + region + modifier;
}

std::string_view PluralForms(std::string_view locale) {
  for (std::string_view tag = locale; !tag.empty();
       tag = tag.substr(0, tag.rfind('-') == std::string_view::npos ? 0 : tag.rfind('-'))) {
    const std::string word = absl::StrCat(" ", std::string(tag), " ");
    for (const Plurals& plurals : kPlurals) {
      if (plurals.languages.find(word) != std::string_view::npos) return plurals.forms;
    }
  }
  return std::string_view();
}

}  // namespace reprise::po
