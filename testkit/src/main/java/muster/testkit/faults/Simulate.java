package muster.testkit.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code muster simulate}: schedules of faults against real servers, one after the other, until one shows a fault of ours. */
public final class Simulate {
    private static final int FAULTS = 6;
    private static final String USAGE = """
            Usage: muster simulate [-seed=N] [-count=M] [-servers=3] [-faults=6]

              Starts registry servers as processes, kills, stops and cuts them off by a schedule that the seed decides, and
              checks what clients saw: keys are linearizable, a lock has one holder, nothing acknowledged is lost, indexes
              never go back. Seeds N, N+1, ... are run, M in all (default 20, from a seed of the clock).
            """;

    private Simulate() {}

    /** @param arguments the root of a checkout that is built, then the user's */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Map<String, Long> options = new LinkedHashMap<>(Map.of("seed", System.currentTimeMillis(), "count", 20L, "servers", 3L, "faults", (long) FAULTS));
        List<String> given = List.of(arguments).subList(1, arguments.length);
        for (int i = 0; i < given.size(); i++) {
            String[] option = given.get(i).replaceFirst("^--?", "").split("=", 2);
            String value = option.length > 1 ? option[1] : i + 1 < given.size() ? given.get(++i) : "";
            if (!options.containsKey(option[0]) || !value.matches("\\d{1,18}")) {
                System.err.print(USAGE);
                System.exit(given.get(0).matches("--?h(elp)?") ? 0 : 1);
            }
            options.put(option[0], Long.parseLong(value));
        }
        Path folder = Files.createTempDirectory("muster-simulate");
        System.exit(run(Path.of(arguments[0]), folder, options) ? 0 : 1);
    }

    private static boolean run(Path root, Path folder, Map<String, Long> options) throws InterruptedException {
        System.out.println("Servers write to " + folder);
        try (RegistryServers servers = new RegistryServers(List.of(root.resolve("bin/consul").toString()), folder, options.get("servers").intValue())) {
            servers.startAll();
            for (long seed = options.get("seed"); seed < options.get("seed") + options.get("count"); seed++) {
                FaultRun.Report report = new FaultRun(servers, seed, options.get("faults").intValue()).run();
                System.out.println(report.line());
                if (!report.wrong().isEmpty()) {
                    System.out.println(report.details());
                    System.out.println("Again: muster simulate -count=1 -seed=" + seed);
                    return false;
                }
            }
        }
        return true;
    }
}
