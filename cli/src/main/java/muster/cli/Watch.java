package muster.cli;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.wire.GoFlags;
import muster.wire.Json;

/** {@code watch}: one answer printed, or each told to a program. */
final class Watch {
    static final Command COMMAND = new Command("watch", "Watch for changes in Consul", """
            Usage: consul watch [options] [child...]

              Prints what is watched as JSON and ends. With a child it goes on: the child is run for each change, the JSON on its
              standard input, the index in CONSUL_INDEX.

              -type=<string>         key, keyprefix, services, nodes, service, checks, event, connect_roots, connect_leaf, agent_service
              -key=<string>          of key
              -prefix=<string>       of keyprefix
              -service=<string>      of service, checks and connect_leaf
              -service-id=<string>   of agent_service
              -tag=<string>          of service; may be repeated
              -passingonly=<bool>    of service
              -state=<string>        of checks
              -name=<string>         of event
              -shell                 run the child by a shell; on without it""", Watch::run);

    private Watch() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.flags().switches("shell")
                .texts("type", "key", "prefix", "service", "service-id", "passingonly", "state", "name").lists("tag").parse(args);
        Map<String, Object> parameters = new LinkedHashMap<>();
        for (String name : List.of("type", "key", "prefix", "service", "state", "name", "datacenter", "token")) {
            if (!flags.text(name).isEmpty()) {
                parameters.put(name, flags.text(name));
            }
        }
        if (!flags.text("service-id").isEmpty()) {
            parameters.put("service_id", flags.text("service-id"));
        }
        if (flags.on("stale")) {
            parameters.put("stale", true);
        }
        if (!flags.all("tag").isEmpty()) {
            parameters.put("tag", flags.all("tag"));
        }
        switch (flags.text("passingonly")) {
            case "" -> {
                // Not asked for.
            }
            case "1", "t", "T", "true", "TRUE", "True" -> parameters.put("passingonly", true);
            case "0", "f", "F", "false", "FALSE", "False" -> parameters.put("passingonly", false);
            default -> {
                return console.fail("Failed to parse passingonly flag: " + flags.text("passingonly"));
            }
        }
        boolean child = !flags.rest().isEmpty();
        if (child) {
            parameters.put("args", flags.on("shell", true) ? List.of("/bin/sh", "-c", String.join(" ", flags.rest())) : flags.rest());
        }
        WatchPlan plan;
        try {
            plan = WatchPlan.of(parameters);
        } catch (IllegalArgumentException e) {
            console.err().println(e.getMessage());
            console.err().println();
            console.err().println(COMMAND.usage());
            return 1;
        }
        Telling telling = new Telling(console, plan);
        Thread interrupted = Thread.ofPlatform().unstarted(() -> {
            // An interrupt is how a watch ends; that is no failure.
            console.out().flush();
            Runtime.getRuntime().halt(0);
        });
        Runtime.getRuntime().addShutdownHook(interrupted);
        try {
            new WatchLoop(plan, ConsulApi.api(flags, console)).run(telling, () -> true);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            try {
                Runtime.getRuntime().removeShutdownHook(interrupted);
            } catch (IllegalStateException e) {
                // The process is ending already.
                Thread.currentThread().interrupt();
            }
        }
        return telling.exit;
    }

    private static final class Telling implements WatchLoop.Listener {
        private final Console console;
        private final WatchPlan plan;
        private int exit;

        Telling(Console console, WatchPlan plan) {
            this.console = console;
            this.plan = plan;
        }

        @Override
        public boolean seen(String index, Object data) throws InterruptedException {
            if (plan.handler() instanceof WatchPlan.Handler.None) {
                console.out().println(new String(Json.write(data, true), StandardCharsets.UTF_8));
                return false;
            }
            console.out().flush();
            Optional<String> problem = WatchHandler.tell(plan.handler(), index, data, true);
            problem.ifPresent(text -> {
                console.err().println(text);
                exit = 1;
            });
            return problem.isEmpty();
        }

        @Override
        public boolean failed(String reason, Duration pause) {
            console.err().println("Watch (type: " + plan.type().name().toLowerCase(java.util.Locale.ROOT) + ") errored: " + reason
                    + ", retry in " + pause.toSeconds() + "s");
            return true;
        }
    }
}
