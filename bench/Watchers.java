import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * {@code java bench/Watchers.java [-root CHECKOUT] [-rounds N] [-watchers N] [-instances N] [service|keys]...}: how long it takes until the last of
 * many blocking queries is answered, and what one costs the agent. Each watcher is a connection of its own; all are served by one
 * thread of this process, so that the measuring costs little of the processors that both share. Prints Markdown table rows.
 */
final class Watchers implements AutoCloseable {
    private static final int QUIET_MILLIS = 1500;
    private static final int LIMIT_MILLIS = 120_000;
    private static final int KEYS_IN_TRANSACTION = 64;

    /** One connection: what it sends, what of an answer it has read, the index it waits behind. */
    private static final class Watcher {
        final String path;
        SocketChannel channel;
        String index = "0";
        final StringBuilder read = new StringBuilder();
        int answers;

        Watcher(String path) {
            this.path = path;
        }
    }

    private final int port;
    /** How many the service has. */
    private final int instances;
    private final Selector selector;
    private final List<Watcher> watchers = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
    private int answered;
    private long lastAnswer;

    private Watchers(int port, int instances) throws IOException {
        this.port = port;
        this.instances = instances;
        this.selector = Selector.open();
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        Path root = Path.of("").toAbsolutePath();
        int rounds = 5;
        int count = 10_000;
        int instances = 1;
        List<String> wanted = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "-root" -> root = Path.of(args[++i]).toAbsolutePath();
                case "-rounds" -> rounds = Integer.parseInt(args[++i]);
                case "-watchers" -> count = Integer.parseInt(args[++i]);
                case "-instances" -> instances = Integer.parseInt(args[++i]);
                case "service", "keys" -> wanted.add(args[i]);
                default -> throw new IllegalArgumentException("can measure service and keys, found " + args[i]);
            }
        }
        Path config = Files.createTempFile("watchers-", ".hcl");
        try {
            Files.writeString(config, "limits { http_max_conns_per_client = 0 }\n");
            for (String what : wanted.isEmpty() ? List.of("service", "keys") : wanted) {
                try (Suite suite = Suite.start(root, "consul", "-config-file=" + config);
                        Watchers bench = new Watchers(suite.ports.registry(), instances)) {
                    bench.warm();
                    bench.measure(what, count, rounds, suite);
                }
            }
        } finally {
            Files.delete(config);
        }
    }

    /** Lets the agent's compilers see what is to come. */
    private void warm() throws IOException {
        try (Http http = new Http(port)) {
            register(http, 0);
            for (int i = 0; i < 3000; i++) {
                http.get("/v1/health/service/bench");
                http.send("PUT", "/v1/kv/warm", "v" + i);
                http.get("/v1/kv/warm");
            }
        }
    }

    private void measure(String what, int count, int rounds, Suite suite) throws IOException, InterruptedException {
        long pid = suite.handle().pid();
        boolean service = what.equals("service");
        try (Http http = new Http(port)) {
            setKeys(http, count, -1);
            double heapBefore = heap(pid);
            double rssBefore = Suite.memory(pid)[0];
            for (int i = 0; i < count; i++) {
                watchers.add(new Watcher(service ? "/v1/health/service/bench?passing&" : "/v1/kv/bench/" + i + "?"));
                connect(watchers.getLast());
                pump(0);
            }
            untilAnswered(count);
            quiet();
            double heapAfter = heap(pid);
            double rssAfter = Suite.memory(pid)[0];
            String each = String.format(Locale.ROOT, "%,d watchers on ", count) + (service ? "one service of " + instances + (instances == 1 ? " instance" : " instances") : "distinct keys");
            Figures all = new Figures(each + (service ? ": change to last answer" : ": changes of all keys to last answer"), "ms");
            Figures processor = new Figures(each + ": the agent's processor time of it", "ms");
            Figures one = new Figures(each + ": change of one key to its answer", "ms");
            for (int round = 0; round < rounds + 1; round++) {
                answered = 0;
                double used = suite.cpuSeconds();
                long began = System.nanoTime();
                if (service) {
                    register(http, round + 1);
                } else {
                    setKeys(http, count, round);
                }
                untilAnswered(count);
                if (round > 0) { // the first one warms up
                    all.add((lastAnswer - began) / 1e6);
                }
                quiet();
                if (round > 0) {
                    processor.add((suite.cpuSeconds() - used) * 1000);
                }
                if (answered != count) {
                    throw new IOException(answered + " answers to a change that " + count + " watch");
                }
                if (!service) {
                    answered = 0;
                    long start = System.nanoTime();
                    http.send("PUT", "/v1/kv/bench/" + count / 2, "one" + round);
                    untilAnswered(1);
                    one.add((lastAnswer - start) / 1e6);
                    quiet();
                    if (answered != 1) {
                        throw new IOException(answered + " answers to a change that one watches");
                    }
                }
            }
            Figures heap = new Figures(each + ": heap of each, its connection included", "kB");
            heap.add((heapAfter - heapBefore) / count / 1024);
            Figures rss = new Figures(each + ": resident memory of each", "kB");
            rss.add((rssAfter - rssBefore) * 1024 / count);
            Figures.head();
            all.print();
            processor.print();
            one.print();
            heap.print();
            rss.print();
        }
    }

    private void register(Http http, int revision) throws IOException {
        for (int i = revision == 0 ? 0 : instances - 1; i < instances; i++) {
            Http.Answer answer = http.send("PUT", "/v1/catalog/register", "{\"Node\":\"n" + i + "\",\"Address\":\"10.0.0." + i
                    + "\",\"Service\":{\"ID\":\"bench" + i + "\",\"Service\":\"bench\",\"Port\":80,\"Meta\":{\"revision\":\"" + revision + "\"}},"
                    + "\"Check\":{\"Name\":\"c\",\"Status\":\"passing\",\"ServiceID\":\"bench" + i + "\"}}");
            if (answer.status() != 200) {
                throw new IOException("registering answered " + answer);
            }
        }
    }

    private void setKeys(Http http, int count, int round) throws IOException {
        String value = java.util.Base64.getEncoder().encodeToString(("v" + round).getBytes(StandardCharsets.UTF_8));
        for (int first = 0; first < count; first += KEYS_IN_TRANSACTION) {
            StringBuilder body = new StringBuilder("[");
            for (int i = first; i < Math.min(count, first + KEYS_IN_TRANSACTION); i++) {
                body.append(i == first ? "" : ",").append("{\"KV\":{\"Verb\":\"set\",\"Key\":\"bench/").append(i).append("\",\"Value\":\"")
                        .append(value).append("\"}}");
            }
            Http.Answer answer = http.send("PUT", "/v1/txn", body.append(']').toString());
            if (answer.status() != 200) {
                throw new IOException("a transaction answered " + answer);
            }
            if (!watchers.isEmpty()) {
                pump(0);
            }
        }
    }

    private void connect(Watcher watcher) throws IOException {
        watcher.channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        watcher.channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        watcher.channel.configureBlocking(false);
        watcher.channel.register(selector, SelectionKey.OP_READ, watcher);
        ask(watcher);
    }

    private void ask(Watcher watcher) throws IOException {
        ByteBuffer request = StandardCharsets.ISO_8859_1.encode("GET " + watcher.path + "index=" + watcher.index + "&wait=10m HTTP/1.1\r\nHost: 127.0.0.1:"
                + port + "\r\n\r\n");
        while (request.hasRemaining()) { // a request is far smaller than a socket's buffer
            watcher.channel.write(request);
        }
    }

    private void untilAnswered(int wanted) throws IOException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LIMIT_MILLIS);
        while (answered < wanted) {
            if (System.nanoTime() > end) {
                throw new IOException(answered + " of " + wanted + " answers in " + LIMIT_MILLIS + " ms");
            }
            pump(100);
        }
    }

    /** Until all wait again. */
    private void quiet() throws IOException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(QUIET_MILLIS);
        while (System.nanoTime() < end) {
            if (pump(100) > 0) {
                end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(QUIET_MILLIS);
            }
        }
    }

    /** Reads what is there; whoever has an answer asks for the next. */
    private int pump(int waitMillis) throws IOException {
        int before = answered;
        int ready = waitMillis == 0 ? selector.selectNow() : selector.select(waitMillis);
        if (ready > 0) {
            for (SelectionKey key : selector.selectedKeys()) {
                Watcher watcher = (Watcher) key.attachment();
                buffer.clear();
                if (watcher.channel.read(buffer) < 0) {
                    throw new IOException("the agent closed a connection after " + watcher.answers + " answers");
                }
                watcher.read.append(StandardCharsets.ISO_8859_1.decode(buffer.flip()));
                if (isWhole(watcher)) {
                    answered++;
                    lastAnswer = System.nanoTime();
                    ask(watcher);
                }
            }
            selector.selectedKeys().clear();
        }
        return answered - before;
    }

    private static boolean isWhole(Watcher watcher) throws IOException {
        int end = watcher.read.indexOf("\r\n\r\n");
        if (end < 0) {
            return false;
        }
        String head = watcher.read.substring(0, end).toLowerCase(Locale.ROOT);
        if (!head.startsWith("http/1.1 200")) {
            throw new IOException("an answer begins with " + head);
        }
        int length = Integer.parseInt(field(head, "content-length"));
        if (watcher.read.length() < end + 4 + length) {
            return false;
        }
        watcher.index = field(head, "x-consul-index");
        watcher.answers++;
        watcher.read.setLength(0);
        watcher.read.trimToSize();
        return true;
    }

    private static String field(String head, String name) {
        return Arrays.stream(head.split("\r\n")).filter(line -> line.startsWith(name + ":")).findFirst()
                .map(line -> line.substring(name.length() + 1).trim()).orElseThrow();
    }

    /** Bytes of living objects. */
    private static double heap(long pid) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(pid),
                "GC.class_histogram").redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        String total = text.lines().filter(line -> line.startsWith("Total")).findFirst().orElseThrow(() -> new IOException(text));
        return Double.parseDouble(total.trim().split("\\s+")[2]);
    }

    @Override
    public void close() throws IOException {
        for (Watcher watcher : watchers) {
            watcher.channel.close();
        }
        selector.close();
    }
}
