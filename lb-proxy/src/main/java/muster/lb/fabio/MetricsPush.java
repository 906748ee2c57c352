package muster.lb.fabio;

import java.io.IOException;
import java.io.PrintStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the figures to those who wait for them ({@code metrics.target}): Graphite's and StatsD's plain forms, DogStatsD with tags, or standard
 * output. One virtual thread, every interval; what can't be delivered is told once and tried again with the next.
 */
final class MetricsPush implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(MetricsPush.class);
    private static final int DATAGRAM_BYTES = 1400;
    private static final int TIMEOUT_MILLIS = 10_000;

    private final FabioConfig.Metrics config;
    private final String prefix;
    private final Supplier<List<FabioMetrics.Figure>> figures;
    private final InstantSource clock;
    private final PrintStream out;
    private final Map<String, Double> last = new HashMap<>();
    private final Thread thread = Thread.ofVirtual().name("metrics").unstarted(this::run);
    private String told = "";

    MetricsPush(FabioConfig.Metrics config, String prefix, Supplier<List<FabioMetrics.Figure>> figures, InstantSource clock, PrintStream out) {
        this.config = config;
        this.prefix = prefix;
        this.figures = figures;
        this.clock = clock;
        this.out = out;
    }

    void start() {
        if (config.targets().stream().anyMatch(target -> !target.equals("prometheus"))) {
            thread.start();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(config.interval());
                List<FabioMetrics.Figure> now = figures.get();
                for (String target : config.targets()) {
                    try {
                        send(target, now);
                        told = told.equals(target) ? "" : told;
                    } catch (IOException | IllegalArgumentException e) {
                        if (!told.equals(target)) {
                            log.warn("metrics not sent target={} why=\"{}\"", target, e.getMessage());
                            told = target;
                        }
                    }
                }
                remember(now);
            }
        } catch (InterruptedException e) {
            log.debug("metrics end");
        }
    }

    private void send(String target, List<FabioMetrics.Figure> now) throws IOException {
        switch (target) {
            case "graphite" -> {
                InetSocketAddress address = address(config.graphiteAddress(), 2003);
                try (Socket socket = new Socket()) {
                    socket.connect(address, TIMEOUT_MILLIS);
                    socket.getOutputStream().write(lines(now, figure -> name(figure) + " " + number(figure.value()) + " "
                            + clock.instant().getEpochSecond()).getBytes(StandardCharsets.UTF_8));
                }
            }
            case "statsd", "statsd_raw" -> datagrams(address(config.statsdAddress(), 8125),
                    now.stream().map(figure -> name(figure) + ":" + number(change(figure)) + "|c").toList());
            case "dogstatsd" -> datagrams(address(config.dogstatsdAddress(), 8125), now.stream()
                    .map(figure -> prefix + "." + figure.name() + ":" + number(change(figure)) + "|c" + tags(figure)).toList());
            case "stdout" -> {
                out.print(lines(now, figure -> name(figure) + " " + number(figure.value())));
                out.flush();
            }
            default -> { }
        }
    }

    private void datagrams(InetSocketAddress address, List<String> lines) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            StringBuilder packet = new StringBuilder();
            for (String line : lines) {
                if (!packet.isEmpty() && packet.length() + line.length() > DATAGRAM_BYTES) {
                    datagram(socket, address, packet);
                }
                packet.append(packet.isEmpty() ? "" : "\n").append(line);
            }
            if (!packet.isEmpty()) {
                datagram(socket, address, packet);
            }
        }
    }

    private static void datagram(DatagramSocket socket, InetSocketAddress address, StringBuilder packet) throws IOException {
        byte[] bytes = packet.toString().getBytes(StandardCharsets.UTF_8);
        packet.setLength(0);
        socket.send(new DatagramPacket(bytes, bytes.length, address));
    }

    /** What was added since the last time; StatsD counts by itself. */
    private double change(FabioMetrics.Figure figure) {
        return Math.max(0, figure.value() - last.getOrDefault(name(figure), 0.0));
    }

    private void remember(List<FabioMetrics.Figure> now) {
        last.clear();
        now.forEach(figure -> last.put(name(figure), figure.value()));
    }

    private String name(FabioMetrics.Figure figure) {
        List<String> parts = new ArrayList<>(List.of(prefix));
        if (figure.labels().containsKey("service")) {
            for (String label : List.of("service", "host", "path", "target")) {
                parts.add(clean(figure.labels().get(label)));
            }
        } else {
            parts.add(figure.name());
        }
        return String.join(".", parts);
    }

    private static String tags(FabioMetrics.Figure figure) {
        return figure.labels().isEmpty() ? "" : "|#" + figure.labels().entrySet().stream()
                .map(label -> label.getKey() + ":" + clean(label.getValue())).sorted().collect(Collectors.joining(","));
    }

    /** Fabio's clean names: letters, digits and hyphens, everything else an underscore. */
    static String clean(String text) {
        return text.isEmpty() ? "_" : text.replaceAll("[^A-Za-z0-9-]", "_");
    }

    private static String lines(List<FabioMetrics.Figure> figures, java.util.function.Function<FabioMetrics.Figure, String> line) {
        return figures.stream().map(line).collect(Collectors.joining("\n", "", "\n"));
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    private static InetSocketAddress address(String text, int port) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("its address is not configured");
        }
        int colon = text.lastIndexOf(':');
        return colon < 0 ? new InetSocketAddress(text, port) : new InetSocketAddress(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    }
}
