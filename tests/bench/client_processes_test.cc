// Clients as processes: tasks reach each, times and errors come back, and one that dies is said.
#include "bench/client_processes.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace reprise::bench {
namespace {

absl::Status Do(const std::string& task, Times* times) {
  if (task == "die") _exit(1);
  if (task == "fail") return NotFound("no such memory");
  for (size_t i = 0; i < task.size(); ++i) times->Add(static_cast<double>(task[i] - '0'));
  return absl::OkStatus();
}

TEST(ClientProcessesTest, EachDoesTheTaskAndAnswers) {
  auto clients = ClientProcesses::Fork(3, Do);
  ASSERT_TRUE(clients.ok()) << clients.status();
  for (int count : {1, 3}) {
    const auto result = (*clients)->Run(count, "123");
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(result->times.size(), static_cast<size_t>(3 * count));
    EXPECT_EQ(result->times.Mean(), 2);
    EXPECT_GE(result->wall_ms, 0);
    EXPECT_GE(result->processor_us, 0);
  }
  // More than a pipe holds, both ways.
  const auto large = (*clients)->Run(3, std::string(200000, '1'));
  ASSERT_TRUE(large.ok()) << large.status();
  EXPECT_EQ(large->times.size(), 600000u);
}

TEST(ClientProcessesTest, ErrorsComeBackAndTheClientsGoOn) {
  auto clients = ClientProcesses::Fork(2, Do);
  ASSERT_TRUE(clients.ok()) << clients.status();
  const auto failed = (*clients)->Run(2, "fail");
  EXPECT_EQ(failed.status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(MessageOf(failed.status()), "no such memory");
  EXPECT_TRUE((*clients)->Run(2, "1").ok());
}

TEST(ClientProcessesTest, AClientThatDiesIsSaid) {
  auto clients = ClientProcesses::Fork(1, Do);
  ASSERT_TRUE(clients.ok()) << clients.status();
  EXPECT_EQ((*clients)->Run(1, "die").status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ((*clients)->Run(1, "1").status().code(), absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace reprise::bench
