package muster.agent;

/** The help text of {@code agent}. */
final class AgentHelp {
    private AgentHelp() {}

    static String text(String tool) {
        return "Usage: " + tool + " agent [options]\n" + """

              Runs the registry with DNS (consul agent), the scheduler with its client (nomad agent), or both with the
              load balancer (muster agent) in one process.

              -dev                        development mode: nothing is kept, tasks end with the agent
              -config=<path>              a file, or a folder of .hcl and .json files; may be repeated (-config-file, -config-dir)
              -data-dir=<path>            where state is kept; needed without -dev
              -datacenter=<name>          the datacenter (-dc)
              -node=<name>                the node's name; the host's without it
              -bind=<address>             the address that the APIs bind; 127.0.0.1 without it
              -advertise=<address>        the address at which others reach this node
              -log-level=<level>          TRACE, DEBUG, INFO, WARN or ERROR
              -http-port, -dns-port, -scheduler-port, -lb-port, -lb-api-port
                                          ports other than 8500, 8600, 4646, 9999 and 9998; 0 picks a free one
              -server, -bootstrap-expect=<n>
                                          a server, and with how many of them a log is begun; `consul agent` without is a client
              -retry-join=<address>       where other agents are; may be repeated
              -domain=<name>              the domain that DNS answers for; consul without it
              -recursor=<address>         who answers other names; may be repeated
              -enable-script-checks       lets anybody who reaches the API register checks that run programs
              -enable-raw-exec            lets jobs run any program of this machine; always so with -dev
              -consul-address=<address>   the registry, where it runs elsewhere
              -consul-token=<secret>      with whose rights balancer and scheduler ask it
            """;
    }
}
