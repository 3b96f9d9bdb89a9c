#include "storage/prepared_unit.h"

#include <set>
#include <utility>

#include "storage/codec.h"
#include "storage/format.h"
#include "text/normalize.h"
#include "text/tokenize.h"

namespace reprise {
namespace {

// Identity of a write (design §4): the client's key if it has one; else source text, document, key, target locales.
std::string IdentityBytes(const Unit& unit) {
  std::string out;
  auto add = [&out](std::string_view s) {
    format::AppendU32(&out, static_cast<uint32_t>(s.size()));
    out += s;
  };
  if (!unit.client_key.empty()) {
    out = "c";
    add(unit.client_key);
    return out;
  }
  size_t source = SourceVariant(unit);
  out = "s";
  add(unit.variants[source].locale);
  add(ContentIdentity(unit.variants[source].content));
  add(unit.contexts.empty() ? "" : unit.contexts[0].document);
  add(unit.contexts.empty() ? "" : unit.contexts[0].key);
  std::multiset<std::string> targets;
  for (size_t i = 0; i < unit.variants.size(); ++i) {
    if (i != source) targets.insert(unit.variants[i].locale);
  }
  for (const std::string& locale : targets) add(locale);
  return out;
}

// The locales and contents of all variants but the source, in a fixed order.
std::string TargetsBytes(const Unit& unit) {
  size_t source = SourceVariant(unit);
  // A client's key stands for the unit, not for its source text: there the source is a text like the others.
  bool by_key = !unit.client_key.empty();
  std::multiset<std::string> targets;
  for (size_t i = 0; i < unit.variants.size(); ++i) {
    if (i == source && !by_key) continue;
    targets.insert(unit.variants[i].locale + '\0' + ContentIdentity(unit.variants[i].content));
  }
  std::string out;
  for (const std::string& target : targets) {
    format::AppendU32(&out, static_cast<uint32_t>(target.size()));
    out += target;
  }
  return out;
}

}  // namespace

size_t SourceVariant(const Unit& unit) {
  for (size_t i = 0; i < unit.variants.size(); ++i) {
    if (unit.variants[i].locale == unit.source_locale) return i;
  }
  return 0;
}

UnitIdentity IdentityOf(const Unit& unit) {
  return {format::IdentityHash(IdentityBytes(unit)), format::TargetsHash(TargetsBytes(unit))};
}

PreparedText::PreparedText(std::string_view text) {
  // Kept per thread, so that what stays is as long as it has to be.
  thread_local std::string form;
  thread_local std::vector<TokenSpan> tokens;
  KeyForm(text, &form);
  key_form.assign(form);
  TokenizeKeyForm(key_form, &tokens);
  for (const TokenSpan& token : tokens) weight += token.weight;
  BareForm(key_form, tokens, &form);
  if (!form.empty() && form != key_form) bare = format::BareHash(form);
}

PreparedUnit::PreparedUnit(Unit u) : unit(std::move(u)), identity(IdentityOf(unit)) {
  texts.reserve(unit.variants.size());
  for (const Variant& v : unit.variants) texts.emplace_back(v.content.text);
}

}  // namespace reprise
