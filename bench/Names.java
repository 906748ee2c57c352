import java.net.DatagramSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code java bench/Names.java [-root CHECKOUT] [-rounds N] [-seconds N] [-warm N] [-pin] [10|10000]...}: DNS questions for services a second,
 * beside a bare Vert.x UDP echo, in turns. Needs dnsperf.
 */
final class Names {
    private final Path root;
    private final Path folder = Files.createTempDirectory("names");
    private final boolean pin;

    private Names(Path root, boolean pin) throws Exception {
        this.root = root;
        this.pin = pin;
    }

    public static void main(String[] args) throws Exception {
        Path root = Path.of("").toAbsolutePath();
        int rounds = 5;
        int seconds = 5;
        int warm = 15;
        boolean pin = false;
        List<Integer> sizes = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "-root" -> root = Path.of(args[++i]).toAbsolutePath();
                case "-rounds" -> rounds = Integer.parseInt(args[++i]);
                case "-seconds" -> seconds = Integer.parseInt(args[++i]);
                case "-warm" -> warm = Integer.parseInt(args[++i]);
                case "-pin" -> pin = true;
                default -> sizes.add(Integer.parseInt(args[i]));
            }
        }
        for (int size : sizes.isEmpty() ? List.of(10, 10_000) : sizes) {
            new Names(root, pin).race(size, rounds, seconds, warm);
        }
    }

    private void race(int services, int rounds, int seconds, int warm) throws Exception {
        int echoPort = free();
        Process echo = Race.echo(root, echoPort);
        try (Suite suite = Suite.start(root, "consul")) {
            fill(suite.ports.registry(), services);
            Path addresses = questions(services, "A");
            Path targets = questions(services, "SRV");
            if (pin) {
                Race.output("taskset", "-acp", "0", "" + echo.pid());
                Race.output("taskset", "-acp", "0", "" + suite.handle().pid());
            }
            Race.run("DNS, " + services + " services", List.of(
                    new Race.Runner("bare Vert.x UDP echo", echo.toHandle(), time -> dnsperf(echoPort, addresses, time)),
                    new Race.Runner("muster, A", suite.handle(), time -> dnsperf(suite.ports.dns(), addresses, time)),
                    new Race.Runner("muster, SRV", suite.handle(), time -> dnsperf(suite.ports.dns(), targets, time))), rounds, seconds, warm);
        } finally {
            echo.destroy();
        }
    }

    /** Each service has one instance with an address of its own, on one of a hundred nodes. */
    private static void fill(int port, int services) throws Exception {
        try (Http http = new Http(port)) {
            for (int i = 0; i < services; i++) {
                int node = i % 100;
                Http.Answer answer = http.send("PUT", "/v1/catalog/register", "{\"Node\":\"node-" + node + "\",\"Address\":\"10.0.0." + node
                        + "\",\"SkipNodeUpdate\":" + (i >= 100) + ",\"Service\":{\"Service\":\"service-" + i + "\",\"Address\":\"10.1." + i / 250 + "."
                        + i % 250 + "\",\"Port\":" + (1024 + i) + "}}");
                if (answer.status() != 200) {
                    throw new IllegalStateException(answer.toString());
                }
            }
        }
    }

    private Path questions(int services, String type) throws Exception {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < services; i++) {
            // Far from each other in the catalog.
            lines.append("service-").append(i * 7919L % services).append(".service.consul ").append(type).append('\n');
        }
        return Files.writeString(folder.resolve(type), lines);
    }

    private Race.Result dnsperf(int port, Path questions, int seconds) throws Exception {
        List<String> command = new ArrayList<>(pin ? List.of("taskset", "-c", "1") : List.of());
        command.addAll(List.of("dnsperf", "-s", "127.0.0.1", "-p", "" + port, "-d", questions.toString(), "-l", "" + seconds, "-c", "4", "-T", "1"));
        String out = Race.output(command.toArray(String[]::new));
        return new Race.Result(Race.number(out, "Queries per second: +([0-9.]+)"), Race.number(out, "Queries completed: +([0-9]+)"),
                Race.number(out, "Queries lost: +([0-9]+)") + Race.number(out, "SERVFAIL ([0-9]+)") + Race.number(out, "NXDOMAIN ([0-9]+)"));
    }

    private static int free() throws Exception {
        try (DatagramSocket socket = new DatagramSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
