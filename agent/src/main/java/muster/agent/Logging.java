package muster.agent;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.ConsoleAppender;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import muster.registry.agent.AgentControls;
import org.slf4j.LoggerFactory;

/** Where log lines go: standard error, and whoever follows them through the API. */
final class Logging implements AgentControls.LogSource {
    private record Follower(Level level, Consumer<String> lines) {}

    private final List<Follower> followers = new CopyOnWriteArrayList<>();

    /** Sets the process's logging up; called once, before anything logs. */
    Logging(AgentOptions.LogLevel level) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} [%level] %logger{0}: %msg%n%ex{5}");
        encoder.start();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setEncoder(encoder);
        console.setTarget("System.err");
        console.start();
        AppenderBase<ILoggingEvent> spread = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                for (Follower follower : followers) {
                    if (event.getLevel().isGreaterOrEqual(follower.level())) {
                        follower.lines().accept("[" + event.getLevel() + "] " + event.getLoggerName() + ": " + event.getFormattedMessage());
                    }
                }
            }
        };
        spread.setContext(context);
        spread.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.valueOf(level.name()));
        root.addAppender(console);
        root.addAppender(spread);
        // Netty, Vert.x and Ratis say below warnings what only their own authors want to know.
        for (String noisy : List.of("io.netty", "io.vertx", "org.apache.ratis")) {
            context.getLogger(noisy).setLevel(Level.WARN);
        }
        // It logs as an error that the other end of an idle connection is gone; a request that this ends is told to its caller.
        context.getLogger("io.vertx.core.net.impl.ConnectionBase").setLevel(Level.OFF);
    }

    @Override
    public AutoCloseable follow(AgentControls.LogLevel level, boolean json, Consumer<String> lines) {
        Follower follower = new Follower(Level.valueOf(level.name()), lines);
        followers.add(follower);
        return () -> followers.remove(follower);
    }
}
