// The command line without a server: what is usage, what is a failure, what is unreachable.
#include "client/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>

#include "client/exit_code.h"

namespace reprise::client {
namespace {

using ::testing::HasSubstr;

struct Outcome {
  int code = 0;
  std::string out;
  std::string err;
};

Outcome RunCli(const std::vector<std::string>& arguments) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  Outcome outcome;
  outcome.code = RunMain(arguments);
  outcome.out = testing::internal::GetCapturedStdout();
  outcome.err = testing::internal::GetCapturedStderr();
  return outcome;
}

// A port of loopback that is bound but not listened on: a connection is refused as long as the object lives.
class ClosedPort {
 public:
  ClosedPort() : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~ClosedPort() { close(socket_); }
  // From now on connections are taken up by the kernel, and nobody answers.
  void Listen() { EXPECT_EQ(listen(socket_, 4), 0); }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  int socket_;
  int port_ = 0;
};

TEST(CommandTest, HelpAndVersion) {
  const Outcome help = RunCli({"--help"});
  EXPECT_EQ(help.code, kExitOk);
  for (const char* verb : {"memory", "import", "lookup", "localize", "pretranslate", "analyze", "export", "unit"}) {
    EXPECT_THAT(help.out, HasSubstr(verb));
  }
  EXPECT_THAT(help.out, HasSubstr("Exit codes: 0 done"));
  const Outcome version = RunCli({"--version"});
  EXPECT_EQ(version.code, kExitOk);
  EXPECT_THAT(version.out, testing::MatchesRegex("reprise [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST(CommandTest, WrongUsage) {
  const std::vector<std::vector<std::string>> cases = {
      {},
      {"frobnicate"},
      {"memory"},
      {"memory", "create"},
      {"lookup", "--memory", "m", "--from", "en", "--to", "de"},
      {"lookup", "--memory", "m", "--from", "en", "--to", "de", "--input", "f", "text"},
      {"lookup", "--memory", "m", "--from", "en", "--to", "de", "--threshold", "many", "text"},
      {"lookup", "--memory", "m", "--from", "en", "--to", "de", "--order", "size", "text"},
      {"import", "--memory", "m"},
      {"import", "--memory", "m", "--policy", "perhaps", "f"},
      {"export", "--memory", "m"},
      {"localize", "--memory", "m", "--from", "en", "-o", "d", "f"},
      {"analyze", "--memory", "m", "--from", "en", "f"},
      {"pretranslate", "--memory", "m", "--from", "en", "--to", "de", "f"},
      {"--server", "x:1", "--embedded", "d", "memory", "list"}};
  for (const std::vector<std::string>& arguments : cases) {
    const Outcome outcome = RunCli(arguments);
    EXPECT_EQ(outcome.code, kExitUsage) << testing::PrintToString(arguments);
    EXPECT_FALSE(outcome.err.empty()) << testing::PrintToString(arguments);
  }
}

TEST(CommandTest, AMistypedVerbIsNamedWithThoseThereAre) {
  EXPECT_THAT(RunCli({"frobnicate", "x"}).err,
              HasSubstr("'frobnicate' is no verb of `reprise`; the verbs are memory, profile, "
                        "import, lookup, concordance, suggest, localize, pretranslate, analyze, learn, export, unit"));
  EXPECT_THAT(
      RunCli({"memory", "make", "x"}).err,
      HasSubstr("'make' is no verb of `reprise memory`; the verbs are create, update, list, get, delete, stats"));
  EXPECT_THAT(RunCli({"memory"}).err, HasSubstr("A subcommand is required"));
}

TEST(CommandTest, EveryVerbExplainsItsOptions) {
  EXPECT_THAT(RunCli({"lookup", "--help"}).out, HasSubstr("1 to 100 (default 70)"));
  EXPECT_THAT(RunCli({"localize", "--help"}).out, HasSubstr("1 to 100 (default 50)"));
  for (const std::vector<std::string>& verb :
       std::vector<std::vector<std::string>>{{"import"}, {"unit", "put"}, {"memory", "create"}}) {
    std::vector<std::string> arguments = verb;
    arguments.push_back("--help");
    const std::string help = RunCli(arguments).out;
    for (const char* policy : {"keep-all keeps", "newest the", "overwrite the", "skip the"}) {
      EXPECT_THAT(help, HasSubstr(policy)) << verb.back();
    }
  }
}

TEST(CommandTest, AnAddressWithoutAPortIsNone) {
  for (const char* address : {"localhost", ":7420", "host:", "host:port", "host:123456"}) {
    const Outcome outcome = RunCli({"--server", address, "memory", "list"});
    EXPECT_EQ(outcome.code, kExitUnreachable) << address;
    EXPECT_THAT(outcome.err, HasSubstr("give HOST:PORT, e.g. 127.0.0.1:7420")) << address;
  }
}

TEST(CommandTest, RefusedConnectionIsSaidAtOnce) {
  ClosedPort port;
  const Outcome outcome = RunCli({"--server", port.address(), "memory", "list"});
  EXPECT_EQ(outcome.code, kExitUnreachable);
  EXPECT_THAT(outcome.err, HasSubstr("cannot reach " + port.address() + "; is reprised running? Start it with"));
  EXPECT_EQ(outcome.out, "");
}

TEST(CommandTest, SilentServerIsGivenUpWithinFiveSeconds) {
  ClosedPort port;
  port.Listen();
  const auto begin = std::chrono::steady_clock::now();
  const Outcome outcome = RunCli({"--server", port.address(), "memory", "list"});
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(8));
  EXPECT_EQ(outcome.code, kExitUnreachable);
}

TEST(CommandTest, ServerOfTheEnvironment) {
  ClosedPort port;
  setenv("REPRISE_SERVER", port.address().c_str(), 1);
  const Outcome outcome = RunCli({"memory", "list"});
  EXPECT_EQ(ServerAddress({"h:1", "", false}), "h:1");
  EXPECT_EQ(ServerAddress({}), port.address());
  unsetenv("REPRISE_SERVER");
  EXPECT_EQ(ServerAddress({}), "127.0.0.1:7420");
  EXPECT_EQ(outcome.code, kExitUnreachable);
  EXPECT_THAT(outcome.err, HasSubstr(port.address()));
}

TEST(CommandTest, MissingFilesAreNamedBeforeTheServerIsAsked) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"import", "--memory", "m", "/no/such/file.tmx"},
           {"lookup", "--memory", "m", "--from", "en", "--to", "de", "--input", "/no/such/file.tmx"},
           {"localize", "--memory", "m", "--from", "en", "--to", "de", "-o", "/no/dir", "/no/such/file.tmx"}}) {
    const Outcome outcome = RunCli(arguments);
    EXPECT_EQ(outcome.code, kExitFailed) << arguments[0];
    EXPECT_THAT(outcome.err, HasSubstr("cannot open /no/such/file.tmx")) << arguments[0];
  }
}

TEST(ExitCodeTest, EveryStatusHasOne) {
  EXPECT_EQ(ExitCodeOf(absl::OkStatus()), kExitOk);
  EXPECT_EQ(ExitCodeOf(NotFound("x")), kExitFailed);
  EXPECT_EQ(ExitCodeOf(Unavailable("the server said so")), kExitFailed);
  EXPECT_EQ(ExitCodeOf(Unreachable("x")), kExitUnreachable);
}

}  // namespace
}  // namespace reprise::client
