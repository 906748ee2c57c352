package muster.lb.traefik;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import muster.lb.exchange.Dispatcher;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.RequestHead;
import muster.lb.exchange.TlsSession;
import muster.lb.middleware.BasicAuth;
import muster.wire.Json;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The access log, in the common form or as JSON. Event loops put lines into a bounded queue, one virtual thread writes them; lines
 * that find it full are dropped and counted, for a slow disk must not slow requests.
 */
final class TraefikAccessLog implements TraefikDispatcher.Observer, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TraefikAccessLog.class);
    private static final int QUEUE = 20_000;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter RFC = DateTimeFormatter.ISO_INSTANT;
    private static final DateTimeFormatter RFC_LOCAL = DateTimeFormatter.ISO_OFFSET_DATE_TIME.withZone(ZoneId.systemDefault());

    private final TraefikConfig.AccessLog config;
    private final InstantSource clock;
    private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(QUEUE);
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong count = new AtomicLong();
    private final OutputStream out;
    private final Thread writer;

    /** Opens the log; throws {@link IOException} naming the file. */
    TraefikAccessLog(TraefikConfig.AccessLog config, InstantSource clock) throws IOException {
        this.config = config;
        this.clock = clock;
        this.out = config.path().isEmpty() ? System.out
                : new BufferedOutputStream(Files.newOutputStream(Path.of(config.path()), StandardOpenOption.CREATE, StandardOpenOption.APPEND), 64 * 1024);
        this.writer = Thread.ofVirtual().name("traefik-access-log").start(this::write);
    }

    @Override
    public void ended(TraefikDispatcher.Seen seen) {
        Dispatcher.Ended ended = seen.ended();
        if (!isWanted(ended)) {
            return;
        }
        long number = count.incrementAndGet();
        Instant begun = clock.instant().minus(ended.time());
        String line = config.isJson() ? json(seen, number, begun) : common(ended, seen.router(), number, begun);
        if (!lines.offer(line)) {
            dropped.incrementAndGet();
        }
    }

    private boolean isWanted(Dispatcher.Ended ended) {
        boolean hasFilter = !config.statuses().isEmpty() || !config.minDuration().isZero() || config.isRetriesOnly();
        boolean isStatus = config.statuses().stream().anyMatch(range -> {
            String[] ends = range.split("-");
            return ended.status() >= Integer.parseInt(ends[0]) && ended.status() <= Integer.parseInt(ends[ends.length - 1]);
        });
        boolean isRetried = config.isRetriesOnly() && ended.tries().again() > 0;
        return !hasFilter || isStatus || isRetried || !config.minDuration().isZero() && ended.time().compareTo(config.minDuration()) >= 0;
    }

    private String common(Dispatcher.Ended ended, Optional<TraefikTable.Router> router, long number, Instant begun) {
        RequestHead head = ended.head();
        return String.join(" ",
                kept("clienthost", head.peer().address()), "-", kept("clientusername", BasicAuth.user(head.headers()).map(TraefikAccessLog::clean).orElse("-")),
                "[" + TIME.format(begun) + "]",
                "\"" + kept("requestmethod", head.method()) + " " + kept("requestpath", clean(head.uri())) + " " + kept("requestprotocol", head.version().text()) + "\"",
                kept("originstatus", "" + ended.status()), kept("origincontentsize", "" + ended.bytes()),
                "\"" + header(head.headers(), "Referer").orElse("-") + "\"", "\"" + header(head.headers(), "User-Agent").orElse("-") + "\"",
                kept("requestcount", "" + number), "\"" + kept("routername", router.map(TraefikTable.Router::name).orElse("-")) + "\"",
                "\"" + kept("serviceurl", ended.attempt().map(attempt -> attempt.target().text()).orElse("-")) + "\"",
                (isKept("duration") ? ended.time().toMillis() : 0) + "ms") + "\n";
    }

    /** Whether lines tell of answers' headers. */
    boolean needsAnswers() {
        return config.isJson() && (!config.headerMode().equals("drop") || config.headers().values().stream().anyMatch(mode -> !mode.equals("drop")));
    }

    private String json(TraefikDispatcher.Seen seen, long number, Instant begun) {
        Dispatcher.Ended ended = seen.ended();
        RequestHead head = ended.head();
        int colon = head.host().lastIndexOf(':');
        boolean hasPort = colon > head.host().lastIndexOf(']');
        Map<String, Object> all = new TreeMap<>();
        all.put("ClientAddr", head.peer().address() + ":" + head.peer().port());
        all.put("ClientHost", head.peer().address());
        all.put("ClientPort", "" + head.peer().port());
        all.put("ClientUsername", BasicAuth.user(head.headers()).orElse("-"));
        all.put("DownstreamContentSize", ended.bytes());
        all.put("DownstreamStatus", (long) ended.status());
        all.put("Duration", ended.time().toNanos());
        all.put("RequestAddr", head.host());
        all.put("RequestContentSize", head.headers().first("Content-Length").filter(text -> text.matches("[0-9]{1,15}")).map(Long::parseLong).orElse(0L));
        all.put("RequestCount", number);
        all.put("RequestHost", hasPort ? head.host().substring(0, colon) : head.host());
        all.put("RequestMethod", head.method());
        all.put("RequestPath", head.uri());
        all.put("RequestPort", hasPort ? head.host().substring(colon + 1) : "-");
        all.put("RequestProtocol", head.version().text());
        all.put("RequestScheme", head.scheme());
        all.put("RetryAttempts", (long) ended.tries().again());
        all.put("StartUTC", RFC.format(begun));
        all.put("StartLocal", RFC_LOCAL.format(begun));
        all.put("entryPointName", head.peer().entryPoint());
        all.put("Overhead", ended.time().minus(ended.tries().last()).toNanos());
        head.peer().tls().ifPresent(session -> tls(session, all));
        seen.router().ifPresent(taken -> all.put("RouterName", taken.name()));
        ended.attempt().ifPresent(attempt -> {
            all.put("OriginStatus", (long) ended.status());
            all.put("OriginContentSize", ended.bytes());
            all.put("OriginDuration", ended.tries().last().toNanos());
            all.put("ServiceName", attempt.service());
            all.put("ServiceURL", attempt.target().text());
            all.put("ServiceAddr", attempt.target().authority());
        });
        all.keySet().removeIf(name -> !isKept(name));
        head.headers().forEach((name, value) -> header(head.headers(), name).ifPresent(shown -> all.put("request_" + HeaderList.canonical(name), shown)));
        seen.answer().forEach((name, value) -> header(seen.answer(), name).ifPresent(shown -> all.put("downstream_" + HeaderList.canonical(name), shown)));
        all.put("level", "info");
        all.put("msg", "");
        all.put("time", RFC.format(clock.instant()));
        return Json.text(all) + "\n";
    }

    private static void tls(TlsSession session, Map<String, Object> all) {
        all.put("TLSVersion", session.protocol().equals("TLSv1") ? "1.0" : session.protocol().replace("TLSv", ""));
        all.put("TLSCipher", session.cipher());
        session.client().ifPresent(client -> all.put("TLSClientSubject", client.getSubjectX500Principal().getName()));
    }

    private boolean isKept(String field) {
        String mode = config.fields().get(field.toLowerCase(Locale.ROOT));
        return mode == null ? config.keepsFields() : mode.equals("keep");
    }

    private String kept(String field, String value) {
        return isKept(field) ? value : "-";
    }

    private Optional<String> header(HeaderList headers, String name) {
        String mode = config.headers().getOrDefault(name.toLowerCase(Locale.ROOT), config.headerMode());
        return mode.equals("drop") ? Optional.empty() : headers.first(name).map(value -> mode.equals("redact") ? "REDACTED" : clean(value));
    }

    private static String clean(String text) {
        return text.chars().noneMatch(c -> c < ' ' || c == '"' || c == '\\' || c == 0x7f) ? text
                : text.codePoints().collect(StringBuilder::new, (out, c) -> {
                    if (c < ' ' || c == 0x7f) {
                        out.append(String.format("\\x%02x", c));
                    } else {
                        out.append(c == '"' || c == '\\' ? "\\" : "").appendCodePoint(c);
                    }
                }, StringBuilder::append).toString();
    }

    private void write() {
        try {
            while (true) {
                write(lines.take());
                for (String more = lines.poll(); more != null; more = lines.poll()) {
                    write(more);
                }
                out.flush();
                long lost = dropped.getAndSet(0);
                if (lost > 0) {
                    log.warn("access log lines dropped count={}", lost);
                }
            }
        } catch (InterruptedException e) {
            log.debug("access log ends");
        } catch (IOException e) {
            log.error("access log not written, it ends here path={} why=\"{}\"", config.path(), e.getMessage());
        }
    }

    private void write(String line) throws IOException {
        out.write(line.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes what is left and ends. */
    @Override
    public void close() {
        writer.interrupt();
        try {
            writer.join(java.time.Duration.ofSeconds(1));
            for (String line = lines.poll(); line != null; line = lines.poll()) {
                write(line);
            }
            out.flush();
            if (out != System.out) {
                out.close();
            }
        } catch (IOException e) {
            log.warn("access log not ended well why=\"{}\"", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
