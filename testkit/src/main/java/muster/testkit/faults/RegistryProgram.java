package muster.testkit.faults;

import java.util.List;
import java.util.stream.Collectors;

/** Registry servers that make a cluster. */
record RegistryProgram(List<String> words, int count) implements Program {
    @Override
    public int servers() {
        return count;
    }

    @Override
    public String configuration(Machine machine) {
        return """
                node_name        = "s%d"
                server           = true
                bootstrap_expect = %d
                bind_addr        = "%s"
                client_addr      = "%s"
                advertise_addr   = "%s"
                data_dir         = "%s"
                retry_interval   = "1s"
                retry_join       = [%s]
                ports { http = %d, dns = -1, serf_lan = %d, server = %d }
                """.formatted(machine.number(), count, machine.own(), machine.own(), machine.front(), machine.home().resolve("data"),
                machine.fronts().stream().filter(other -> !other.equals(machine.front())).map(other -> '"' + other + ":" + machine.ports().join() + '"')
                        .collect(Collectors.joining(", ")), machine.ports().http(), machine.ports().join(), machine.ports().server());
    }

    @Override
    public List<String> arguments(String file) {
        return List.of("agent", "-config-file", file, "-log-level", "INFO");
    }

    @Override
    public String question(int machine) {
        return "/v1/kv/any?consistent";
    }
}
