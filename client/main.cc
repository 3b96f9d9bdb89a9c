// The program `reprise`. All of it is in run.cc, so that tests can call it.
#include <string>
#include <vector>

#include "client/command.h"

int main(int argc, char** argv) { return reprise::client::RunMain(std::vector<std::string>(argv + 1, argv + argc)); }
