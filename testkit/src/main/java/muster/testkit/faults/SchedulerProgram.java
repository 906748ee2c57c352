package muster.testkit.faults;

import java.util.List;
import java.util.stream.Collectors;

/** Scheduler servers that make a cluster, on the first machines, and agents that run tasks, on the others. */
record SchedulerProgram(List<String> words, int servers, int clients) implements Program {
    @Override
    public int count() {
        return servers + clients;
    }

    /** Times are short, so that a node that a fault keeps away is down before it comes back, at least now and then. */
    @Override
    public String configuration(Machine machine) {
        String join = machine.fronts().subList(0, servers).stream().filter(other -> !other.equals(machine.front()))
                .map(other -> '"' + other + ":" + machine.ports().join() + '"').collect(Collectors.joining(", "));
        String role = machine.number() < servers
                ? """
                server {
                  enabled                = true
                  bootstrap_expect       = %d
                  encrypt                = "MDEyMzQ1Njc4OTAxMjM0NQ=="
                  min_heartbeat_ttl      = "1s"
                  heartbeat_grace        = "2s"
                  failover_heartbeat_ttl = "8s"
                  server_join {
                    retry_join     = [%s]
                    retry_interval = "1s"
                  }
                }
                """.formatted(servers, join)
                : """
                server { encrypt = "MDEyMzQ1Njc4OTAxMjM0NQ==" }
                client {
                  enabled           = true
                  servers           = [%s]
                  cpu_total_compute = 8000
                  memory_total_mb   = 8000
                }
                plugin "raw_exec" { config { enabled = true } }
                """.formatted(join);
        return """
                name      = "m%d"
                bind_addr = "%s"
                advertise { rpc = "%s" }
                data_dir  = "%s"
                log_level = "INFO"
                ports { http = %d, rpc = %d, serf = %d }
                consul {
                  address          = "%s:9"
                  client_auto_join = false
                  server_auto_join = false
                }
                %s""".formatted(machine.number(), machine.own(), machine.front(), machine.home().resolve("data"), machine.ports().http(),
                machine.ports().server(), machine.ports().join(), machine.own(), role);
    }

    @Override
    public List<String> arguments(String file) {
        return List.of("agent", "-config", file);
    }

    /** Any agent has a server that leads answer this. */
    @Override
    public String question(int machine) {
        return "/v1/jobs";
    }
}
