#include "formats/srx.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "formats/expat_parse.h"
#include "text/normalize.h"

namespace reprise {
namespace {

absl::Status LineError(uint64_t line, std::string_view problem) {
  return InvalidArgument(absl::StrCat("line ", line, ": ", std::string(problem)));
}

struct LanguageMap {
  std::string pattern;
  std::string rules;
  uint64_t line = 0;
};

// What each element stands in; the root in nothing.
const std::map<std::string_view, std::string_view>& Parents() {
  static const auto& parents = *new std::map<std::string_view, std::string_view>{
      {"srx", ""},
      {"header", "srx"},
      {"body", "srx"},
      {"languagerules", "body"},
      {"languagerule", "languagerules"},
      {"rule", "languagerule"},
      {"beforebreak", "rule"},
      {"afterbreak", "rule"},
      {"maprules", "body"},
      {"languagemap", "maprules"},
  };
  return parents;
}

class SrxParser {
 public:
  SrxParser() = default;
  ~SrxParser() {
    if (parser_ != nullptr) XML_ParserFree(parser_);
  }
  SrxParser(const SrxParser&) = delete;
  SrxParser& operator=(const SrxParser&) = delete;

  absl::Status Parse(std::string_view bytes) {
    ExpatHandlers handlers{this, OnStart, OnEnd, OnCharacters, &error_};
    handlers.doctype = OnDoctype;
    const absl::Status status = ParseElement(handlers, bytes, 1, &parser_);
    if (status.ok()) return absl::OkStatus();
    if (parser_ == nullptr) return status;
    if (error_.empty()) error_ = absl::StrCat("not well-formed XML: ", XML_ErrorString(XML_GetErrorCode(parser_)));
    return LineError(Line(), error_);
  }

  absl::StatusOr<SentenceRules> RulesOf(std::string_view locale) const {
    // Each map's rules are compiled, so that a mistake is seen whatever the language is.
    for (const auto& [name, rules] : rules_) RETURN_IF_ERROR(SentenceRules::Make(rules).status());
    std::vector<SentenceRule> joined;
    bool found = false;
    for (const LanguageMap& map : maps_) {
      const auto rules = rules_.find(map.rules);
      if (rules == rules_.end()) {
        return LineError(map.line, absl::StrCat("there is no <languagerule> of the name \"", map.rules, "\""));
      }
      const absl::StatusOr<bool> fits = MatchesWhole(map.pattern, locale);
      if (!fits.ok()) return LineError(map.line, "languagepattern " + MessageOf(fits.status()));
      if (!*fits || (found && !cascade_)) continue;
      found = true;
      joined.insert(joined.end(), rules->second.begin(), rules->second.end());
      if (joined.size() > kMaxSrxRules) {
        return ResourceExhausted(absl::StrCat("line ", map.line, ": more than ", kMaxSrxRules, " rules fit \"",
                                              std::string(locale), "\"; leave out what the language does not need"));
      }
    }
    if (!found) {
      return InvalidArgument(absl::StrCat("no <languagemap> fits the language \"", std::string(locale),
                                          "\"; add one (languagepattern=\".*\" fits all)"));
    }
    return SentenceRules::Make(joined);
  }

 private:
  static SrxParser* Self(void* data) { return static_cast<SrxParser*>(data); }
  static void OnStart(void* data, const XML_Char* name, const XML_Char** attributes) {
    Self(data)->Start(name, attributes);
  }
  static void OnEnd(void* data, const XML_Char*) { Self(data)->End(); }
  static void OnCharacters(void* data, const XML_Char* text, int length) {
    Self(data)->Characters({text, static_cast<size_t>(length)});
  }
  static void OnDoctype(void* data, const XML_Char*, const XML_Char*, const XML_Char*, int) {
    Self(data)->Object("a DOCTYPE is not read; remove it, and write text for the entities that it declares");
  }

  uint64_t Line() const { return XML_GetCurrentLineNumber(parser_); }

  // The first objection ends the parse.
  void Object(std::string error) {
    if (error_.empty()) error_ = std::move(error);
    XML_StopParser(parser_, XML_FALSE);
  }

  static const char* Get(const XML_Char** attributes, std::string_view name) {
    for (; *attributes != nullptr; attributes += 2) {
      if (name == attributes[0]) return attributes[1];
    }
    return nullptr;
  }

  static std::string TooMany(const char* what) {
    return absl::StrCat("there are more than ", kMaxSrxRules, " ", what, "; join some");
  }

  // The value of an attribute that is "yes" or "no".
  bool YesOrNo(const char* element, const char* name, const char* value) {
    const std::string_view given = value == nullptr ? "" : value;
    if (given != "yes" && given != "no") {
      Object(absl::StrCat("<", element, "> has ", name, "=\"", std::string(given), "\"; it is yes or no"));
    }
    return given == "yes";
  }

  void Start(std::string_view name, const XML_Char** attributes) {
    if (!error_.empty()) return;
    if (header_depth_ > 0) {
      ++header_depth_;
      return;
    }
    const size_t colon = name.find(':');
    if (colon != std::string_view::npos) name.remove_prefix(colon + 1);
    const auto known = Parents().find(name);
    const std::string_view parent = path_.empty() ? std::string_view() : path_.back();
    if (known == Parents().end() || known->second != parent) {
      return Object(path_.empty() ? absl::StrCat("the root is <", std::string(name), ">; SRX has <srx version=\"2.0\">")
                                  : absl::StrCat("<", std::string(name), "> does not belong in <", std::string(parent),
                                                 ">; SRX 2.0 has no such"));
    }
    if (name == "header") {
      header_depth_ = 1;
      seen_header_ = true;
      cascade_ = YesOrNo("header", "cascade", Get(attributes, "cascade"));
      return;
    }
    path_.push_back(known->first);
    Element(name, attributes);
  }

  void Element(std::string_view name, const XML_Char** attributes) {
    if (name == "srx") {
      const char* version = Get(attributes, "version");
      if (version == nullptr || std::string_view(version) != "2.0") {
        Object(absl::StrCat("SRX version \"", version == nullptr ? "" : version, "\" is not read; convert it to 2.0"));
      }
    } else if (name == "body") {
      if (!seen_header_) Object("<body> stands before <header>, which says cascade=\"yes\" or \"no\"");
    } else if (name == "languagerule") {
      const char* rules = Get(attributes, "languagerulename");
      if (rules == nullptr) return Object("<languagerule> has no languagerulename=, by which <languagemap> finds it");
      const auto [at, added] = rules_.try_emplace(rules);
      if (!added) return Object(absl::StrCat("there is another <languagerule> of the name \"", rules, "\" before"));
      current_ = &at->second;
    } else if (name == "rule") {
      if (++count_ > kMaxSrxRules) return Object(TooMany("rules"));
      SentenceRule& rule = current_->emplace_back();
      const char* breaks = Get(attributes, "break");
      rule.breaks = breaks == nullptr || YesOrNo("rule", "break", breaks);
      rule.line = Line();
    } else if (name == "languagemap") {
      const char* pattern = Get(attributes, "languagepattern");
      const char* rules = Get(attributes, "languagerulename");
      if (pattern == nullptr || rules == nullptr) {
        return Object("<languagemap> needs languagepattern= and languagerulename=");
      }
      if (maps_.size() == kMaxSrxRules) return Object(TooMany("<languagemap>"));
      maps_.push_back({pattern, rules, Line()});
    }
  }

  void End() {
    if (header_depth_ > 0) {
      --header_depth_;
    } else if (!path_.empty()) {
      path_.pop_back();
    }
  }

  void Characters(std::string_view text) {
    if (!error_.empty() || header_depth_ > 0) return;
    const std::string_view element = path_.back();
    const bool before = element == "beforebreak";
    if (before || element == "afterbreak") {
      std::string& regex = before ? current_->back().before : current_->back().after;
      regex.append(text);
      if (regex.size() > kMaxSrxRegexBytes) {
        Object(absl::StrCat("<", std::string(element), "> is longer than ", kMaxSrxRegexBytes >> 10,
                            " KiB; make it several rules"));
      }
      return;
    }
    for (char c : text) {
      if (absl::ascii_isspace(static_cast<unsigned char>(c))) continue;
      return Object(absl::StrCat("there is text in <", std::string(element),
                                 ">; expressions stand in <beforebreak>, <afterbreak>"));
    }
  }

  XML_Parser parser_ = nullptr;
  std::string error_;
  std::vector<std::string_view> path_;  // the elements that are open, outside of the header
  size_t header_depth_ = 0;
  bool seen_header_ = false;
  bool cascade_ = false;
  size_t count_ = 0;
  std::map<std::string, std::vector<SentenceRule>> rules_;
  std::vector<SentenceRule>* current_ = nullptr;  // those of the last <languagerule>
  std::vector<LanguageMap> maps_;
};

}  // namespace

absl::StatusOr<SentenceRules> ParseSrx(std::string_view bytes, std::string_view locale) {
  if (bytes.size() > kMaxSrxBytes) {
    return ResourceExhausted(absl::StrCat("is larger than ", kMaxSrxBytes >> 20, " MiB; leave out languages"));
  }
  if (!ValidateUtf8(bytes).ok()) return InvalidArgument("is not valid UTF-8; convert it first, e.g. with iconv");
  SrxParser parser;
  RETURN_IF_ERROR(parser.Parse(bytes));
  return parser.RulesOf(locale);
}

}  // namespace reprise
