import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * {@code java bench/Store.java [-root CHECKOUT] [-rounds N] [-seconds N] [-warm N] [-connections N] [put|get|health|catalog]...}: the
 * registry's HTTP API beside a bare Vert.x server and etcd, in turns, each in memory. Needs wrk; etcd is left out where it is not installed.
 */
final class Store {
    private static final List<String> ALL = List.of("put", "get", "health", "catalog");
    private static final int KEYS = 10_000;
    private static final int INSTANCES = 20;

    private final Path root;
    private final Path folder;
    private final int connections;

    private Store(Path root, int connections) throws IOException {
        this.root = root;
        this.connections = connections;
        // A disk would be measured beside the program.
        this.folder = Files.createTempDirectory(Files.isDirectory(Path.of("/dev/shm")) ? Path.of("/dev/shm") : Path.of("/tmp"), "store");
    }

    public static void main(String[] args) throws Exception {
        Path root = Path.of("").toAbsolutePath();
        int rounds = 5;
        int seconds = 5;
        int warm = 15;
        int connections = 64;
        List<String> words = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "-root" -> root = Path.of(args[++i]).toAbsolutePath();
                case "-rounds" -> rounds = Integer.parseInt(args[++i]);
                case "-seconds" -> seconds = Integer.parseInt(args[++i]);
                case "-warm" -> warm = Integer.parseInt(args[++i]);
                case "-connections" -> connections = Integer.parseInt(args[++i]);
                default -> words.add(args[i]);
            }
        }
        Store store = new Store(root, connections);
        int etcdPort = free();
        Process etcd = store.etcd(etcdPort);
        int barePort = free();
        Process bare = Race.echo(root, barePort);
        try (Suite suite = Suite.start(root, "consul")) {
            fill(suite.ports.registry());
            for (String word : words.isEmpty() ? ALL : words) {
                List<Race.Runner> runners = new ArrayList<>();
                int port = suite.ports.registry();
                int size = switch (word) {
                    case "put" -> 4;
                    case "get" -> Http.once(port, "GET", "/v1/kv/app/1", "").body().length();
                    default -> Http.once(port, "GET", path(word), "").body().length();
                };
                runners.add(new Race.Runner("bare Vert.x, " + size + " bytes", bare.toHandle(), store.lap(barePort, fixed("/" + size))));
                runners.add(new Race.Runner("muster", suite.handle(), switch (word) {
                    case "put" -> store.lap(port, random("PUT", "'/v1/kv/app/' .. n", "'a value of thirty-two bytes, or so.'", ""));
                    case "get" -> store.lap(port, random("GET", "'/v1/kv/app/' .. n", "nil", ""));
                    default -> store.lap(port, fixed(path(word)));
                }));
                if (etcd != null && word.equals("put")) {
                    runners.add(new Race.Runner("etcd, its HTTP gateway", etcd.toHandle(), store.lap(etcdPort, random("POST", "'/v3/kv/put'",
                            "'{\"key\":\"' .. b .. '\",\"value\":\"" + base64("a value of thirty-two bytes, or so.") + "\"}'", "etcd"))));
                } else if (etcd != null && word.equals("get")) {
                    runners.add(new Race.Runner("etcd, its HTTP gateway", etcd.toHandle(), store.lap(etcdPort, random("POST", "'/v3/kv/range'",
                            "'{\"key\":\"' .. b .. '\"}'", "etcd"))));
                }
                Race.run(word + ", " + connections + " connections", runners, rounds, seconds, warm);
            }
        } finally {
            bare.destroy();
            if (etcd != null) {
                etcd.destroy();
                etcd.waitFor(10, TimeUnit.SECONDS);
            }
            Race.output("rm", "-r", store.folder.toString());
        }
    }

    private static String path(String word) {
        return switch (word) {
            case "health" -> "/v1/health/service/web";
            case "catalog" -> "/v1/catalog/service/web";
            default -> throw new IllegalArgumentException("unknown word " + word + ": " + String.join(", ", ALL));
        };
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A request for any of the keys; n is its number, b its base64, as etcd wants it. */
    private static String random(String method, String path, String body, String etcd) {
        String base64 = etcd.isEmpty() ? "" : """
                local set = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
                local function base64(s)
                  local out = {}
                  for i = 1, #s, 3 do
                    local a, b, c = s:byte(i, i + 2)
                    local v = a * 65536 + (b or 0) * 256 + (c or 0)
                    for j = 3, 0, -1 do
                      local k = math.floor(v / 64 ^ j) % 64
                      out[#out + 1] = (j == 1 and not b or j == 0 and not c) and '=' or set:sub(k + 1, k + 1)
                    end
                  end
                  return table.concat(out)
                end
                """;
        return base64 + """
                local all = {}
                init = function()
                  for n = 0, %d do
                    %s
                    all[n] = wrk.format('%s', %s, nil, %s)
                  end
                end
                request = function() return all[math.random(0, %d)] end
                """.formatted(KEYS - 1, etcd.isEmpty() ? "" : "local b = base64('app/' .. n)", method, path, body, KEYS - 1);
    }

    private static String fixed(String path) {
        return "wrk.path = '" + path + "'\n";
    }

    private Race.Lap lap(int port, String script) throws IOException {
        Path file = Files.writeString(Files.createTempFile(folder, "ask", ".lua"), script);
        return seconds -> {
            String out = Race.output("wrk", "-t2", "-c" + connections, "-d" + seconds, "-s", file.toString(), "http://127.0.0.1:" + port);
            return new Race.Result(Race.number(out, "Requests/sec: +([0-9.]+)"), Race.number(out, "([0-9]+) requests in"),
                    Race.number(out, "Non-2xx or 3xx responses: ([0-9]+)"));
        };
    }

    /** All keys, and a service of twenty instances with a check each. */
    private static void fill(int port) throws Exception {
        try (Http http = new Http(port)) {
            for (int n = 0; n < KEYS; n++) {
                expect(http.send("PUT", "/v1/kv/app/" + n, "a value of thirty-two bytes, or so."));
            }
            for (int i = 0; i < INSTANCES; i++) {
                expect(http.send("PUT", "/v1/catalog/register", "{\"Node\":\"node-" + i + "\",\"Address\":\"10.0.0." + i + "\",\"Service\":{\"ID\":\"web-"
                        + i + "\",\"Service\":\"web\",\"Tags\":[\"v1\",\"urlprefix-/web\"],\"Meta\":{\"version\":\"1\"},\"Port\":" + (8000 + i)
                        + "},\"Check\":{\"CheckID\":\"service:web-" + i + "\",\"Name\":\"alive\",\"Status\":\"passing\",\"ServiceID\":\"web-" + i + "\"}}"));
            }
        }
    }

    private static void expect(Http.Answer answer) {
        if (answer.status() != 200) {
            throw new IllegalStateException(answer.toString());
        }
    }

    private Process etcd(int port) throws Exception {
        try {
            Race.output("etcd", "--version");
        } catch (IOException absent) {
            System.err.println("etcd is not installed and left out");
            return null;
        }
        Process process = new ProcessBuilder("etcd", "--unsafe-no-fsync", "--data-dir", folder + "/etcd", "--log-level", "error",
                "--listen-client-urls", "http://127.0.0.1:" + port, "--advertise-client-urls", "http://127.0.0.1:" + port,
                "--listen-peer-urls", "http://127.0.0.1:" + free(), "--quota-backend-bytes", "8000000000")
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        for (int i = 0; i < 100; i++) {
            try (Http http = new Http(port)) {
                if (http.get("/health").status() == 200) {
                    return process;
                }
            } catch (IOException notYet) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
        throw new IOException("etcd did not become healthy");
    }

    private static int free() throws IOException {
        try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
