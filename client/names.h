// The API's resource names, and the short ones that people type.
//
//   MemoryName("news") == "memories/news";   ShortMemory("memories/news") == "news"
//   UnitName("news", "12") == "memories/news/units/12"
//
// Pure, safe to call concurrently. Nothing is checked here: the server says what is wrong with a name.
#ifndef REPRISE_CLIENT_NAMES_H_
#define REPRISE_CLIENT_NAMES_H_

#include <string>
#include <string_view>

#include "base/status.h"
#include "reprise/v1/content.pb.h"
#include "reprise/v1/matches.pb.h"
#include "reprise/v1/transfer.pb.h"

namespace reprise::client {

// Both forms are taken; a full name stays as it is.
std::string MemoryName(std::string_view memory);
std::string UnitName(std::string_view memory, std::string_view unit);
std::string ProfileName(std::string_view profile);

// The last part of a resource name.
std::string ShortMemory(std::string_view name);
std::string ShortUnit(std::string_view name);
std::string ShortProfile(std::string_view name);

// Words for enums, as the command line and the output spell them ("fuzzy", "human", "keep-all").
const char* BandWord(v1::Band band);
const char* OriginWord(v1::Origin origin);
const char* StatusWord(v1::VariantStatus status);
const char* PolicyWord(v1::DuplicatePolicy policy);
const char* EditWord(v1::Edit::Kind kind);
const char* OrderWord(v1::MatchOrder order);
const char* PenaltySourceWord(v1::PenaltySource source);
// The order of a word; unspecified for others.
v1::MatchOrder OrderOf(std::string_view word);
inline constexpr const char* kOrderWords[] = {"score", "relevance"};
const char* CompletionOriginWord(v1::CompletionOrigin origin);

// The format of a word; unspecified for "auto", "" and others.
v1::Format FormatOf(std::string_view word);
// The format that a file's name tells; unspecified if it tells none.
v1::Format FormatOfFile(std::string_view file_name);
inline constexpr const char* kFormatWords[] = {"tmx", "tsv", "text", "xliff", "xliff2", "po", "jsonl", "csv"};
// The flavor of a word; unspecified for others.
v1::TmxFlavor FlavorOf(std::string_view word);
inline constexpr const char* kFlavorWords[] = {"neutral", "memoq", "trados", "omegat"};

// The policy of a word; "" is unspecified. REQUIRES: one of kPolicyWords or "".
v1::DuplicatePolicy PolicyOf(std::string_view word);
inline constexpr const char* kPolicyWords[] = {"keep-all", "newest", "overwrite", "skip"};
// What they do, for --help.
inline constexpr char kPolicyHelp[] =
    "Policies, where a text of the same document and key is there already: keep-all keeps every different\n"
    "translation, newest the one changed last, overwrite the new one, skip the stored one.";

}  // namespace reprise::client

#endif  // REPRISE_CLIENT_NAMES_H_
