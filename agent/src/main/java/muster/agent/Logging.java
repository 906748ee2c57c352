package muster.agent;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import muster.registry.agent.AgentControls;
import muster.wire.Json;
import org.slf4j.LoggerFactory;

/** Where log lines go: standard error, a file, and whoever follows them through the API. */
final class Logging implements AgentControls.LogSource {
    private static final String PATTERN = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} [%level] %logger{0}: %msg%n%ex{5}";

    private record Follower(Level level, boolean json, Consumer<String> lines) {}

    private final List<Follower> followers = new CopyOnWriteArrayList<>();
    private final Logger root;

    /** Sets the process's logging up; called once, before anything logs. Throws {@link IOException} naming a file that can't be written. */
    Logging(AgentOptions.Log log) throws IOException {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        RotatingFile file = log.file().isPresent()
                ? new RotatingFile(log.file().get(), log.rotateBytes(), log.rotateAfter(), log.keep(), Instant::now)
                : null;
        PatternLayout layout = new PatternLayout();
        layout.setContext(context);
        layout.setPattern(PATTERN);
        layout.start();
        AppenderBase<ILoggingEvent> written = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                String line = log.json() ? json(event) + "\n" : layout.doLayout(event);
                System.err.print(line);
                if (file != null) {
                    file.write(line);
                }
            }
        };
        AppenderBase<ILoggingEvent> spread = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                for (Follower follower : followers) {
                    if (event.getLevel().isGreaterOrEqual(follower.level())) {
                        follower.lines().accept(follower.json() ? json(event) : line(event));
                    }
                }
            }
        };
        root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.valueOf(log.level().name()));
        for (AppenderBase<ILoggingEvent> appender : List.of(written, spread)) {
            appender.setContext(context);
            appender.start();
            root.addAppender(appender);
        }
        // Netty, Vert.x and Ratis say below warnings what only their own authors want to know.
        for (String noisy : List.of("io.netty", "io.vertx", "org.apache.ratis")) {
            context.getLogger(noisy).setLevel(Level.WARN);
        }
        // It logs as an error that the other end of an idle connection is gone; a request that this ends is told to its caller.
        context.getLogger("io.vertx.core.net.impl.ConnectionBase").setLevel(Level.OFF);
        // What fails at a Docker engine reaches the task that it concerns, in its events.
        context.getLogger("com.github.dockerjava").setLevel(Level.OFF);
    }

    /** Logs at another level from now on; a follower's own level is not touched. */
    void level(AgentOptions.LogLevel level) {
        root.setLevel(Level.valueOf(level.name()));
    }

    private static String line(ILoggingEvent event) {
        return event.getInstant() + " [" + event.getLevel() + "] " + event.getLoggerName() + ": " + event.getFormattedMessage();
    }

    private static String json(ILoggingEvent event) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("@level", event.getLevel().toString().toLowerCase(java.util.Locale.ROOT));
        fields.put("@message", event.getFormattedMessage());
        fields.put("@module", event.getLoggerName());
        fields.put("@timestamp", event.getInstant());
        if (event.getThrowableProxy() != null) {
            fields.put("error", event.getThrowableProxy().getClassName() + ": " + event.getThrowableProxy().getMessage());
        }
        return Json.text(fields);
    }

    @Override
    public AutoCloseable follow(AgentControls.LogLevel level, boolean json, Consumer<String> lines) {
        Follower follower = new Follower(Level.valueOf(level.name()), json, lines);
        followers.add(follower);
        return () -> followers.remove(follower);
    }
}
