package muster.template.share;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import muster.registry.client.testing.FakeRegistry;
import muster.template.dependency.Dependency;
import muster.template.function.Context;
import muster.template.render.Machine;
import muster.template.render.Output;
import muster.template.render.Sandbox;
import muster.template.runner.ManagedTemplate;
import muster.template.runner.TemplateSet;
import muster.template.runner.TemplateSpec;
import muster.template.source.ApiException;
import muster.template.source.Locks;
import muster.template.watch.Sources;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several agents with one template: one reads, the others render what it leaves for them. */
@Timeout(90)
class SharedTemplatesTest {
    private static final String TEMPLATE = "{{key \"app/name\"}} {{range service \"web\"}}{{.Address}}{{end}}";

    @TempDir
    private Path folder;
    private final FakeRegistry registry = new FakeRegistry();
    private final Set<String> sessions = ConcurrentHashMap.newKeySet();
    private final AtomicInteger numbers = new AtomicInteger();
    private final List<Agent> agents = new ArrayList<>();
    private volatile boolean refusing;

    /** Sessions as the fake registry has them. */
    private final class FakeLocks implements Locks {
        private void check() {
            if (refusing) {
                throw new ApiException("sessions are refused", 0, null);
            }
        }

        @Override
        public String create(Duration ttl) {
            check();
            String session = "s" + numbers.incrementAndGet();
            sessions.add(session);
            return session;
        }

        @Override
        public boolean renew(String session) {
            check();
            return sessions.contains(session);
        }

        @Override
        public void destroy(String session) {
            check();
            sessions.remove(session);
            registry.release(session);
        }

        @Override
        public boolean acquire(String key, byte[] value, String session) {
            check();
            return sessions.contains(session) && registry.acquire(key, value, session);
        }

        @Override
        public void close() {
            // The registry is the test's.
        }
    }

    /** An agent that keeps all that it would have written. */
    private final class Agent {
        private final List<String> written = new CopyOnWriteArrayList<>();
        private final TemplateSet set;
        private final Thread thread;

        Agent(String text) {
            try {
                Sandbox sandbox = Sandbox.open(folder);
                ManagedTemplate template = ManagedTemplate.open(TemplateSpec.of(new TemplateSpec.Source.Inline(text), "out"), sandbox,
                        new Context.Settings(Map.of(), List.of(), new Machine(sandbox)), Output.Check.NONE);
                set = new TemplateSet(List.of(template), Sources.of(registry), folder, (file, contents, output, check) -> {
                    String now = new String(contents, StandardCharsets.UTF_8);
                    return (written.isEmpty() || !written.getLast().equals(now)) && written.add(now);
                }, new PrintStream(PrintStream.nullOutputStream()), InstantSource.system(),
                        new SharedTemplates(List.of(template), "dedup/", Duration.ofSeconds(3), new FakeLocks(), why -> { }));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            thread = Thread.ofVirtual().start(this::run);
            agents.add(this);
        }

        private void run() {
            try {
                while (true) {
                    set.renderDue();
                    set.awaitDue(-1);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        void end() throws InterruptedException {
            thread.interrupt();
            thread.join();
            set.close();
        }

        String newest() {
            return written.isEmpty() ? "" : written.getLast();
        }
    }

    @AfterEach
    void stop() throws InterruptedException {
        for (Agent agent : agents) {
            agent.end();
        }
        registry.close();
    }

    private void put(String name) {
        registry.put("app/name", name.getBytes(StandardCharsets.UTF_8));
    }

    /** How many agents follow the key that the template shows. */
    private int readers() {
        return registry.watchers(new Dependency.RequiredKey("app/name", "").query());
    }

    @Test
    void one_agent_reads_and_all_render() {
        put("ann");
        registry.add(registry.instance("web", "web-1", "10.0.0.1", 80));
        Agent first = new Agent(TEMPLATE);
        Agent second = new Agent(TEMPLATE);
        Agent third = new Agent(TEMPLATE);
        for (Agent agent : List.of(first, second, third)) {
            Eventually.holds("rendered", () -> agent.newest().equals("ann 10.0.0.1"));
        }
        Eventually.holds("one reader", () -> readers() == 1);
        put("bob");
        for (Agent agent : List.of(first, second, third)) {
            Eventually.holds("changed", () -> agent.newest().equals("bob 10.0.0.1"));
        }
    }

    /** Plan: the leader ends, which deletes its key; the other takes its place, and never shows anything in between. */
    @Test
    void when_the_leader_ends_another_takes_its_place_and_keeps_what_was_there() throws Exception {
        put("ann");
        Agent first = new Agent(TEMPLATE);
        Eventually.holds("first", () -> first.newest().equals("ann "));
        Agent second = new Agent(TEMPLATE);
        Eventually.holds("second", () -> second.newest().equals("ann ") && readers() == 1);
        first.end();
        put("bob");
        Eventually.holds("second leads", () -> second.newest().equals("bob ") && readers() == 1);
        assertThat(second.written).containsExactly("ann ", "bob ");
    }

    @Test
    void an_agent_that_gets_no_session_reads_for_itself() {
        refusing = true;
        put("ann");
        Agent alone = new Agent(TEMPLATE);
        Eventually.holds("rendered", () -> alone.newest().equals("ann "));
        refusing = false;
        Agent other = new Agent(TEMPLATE);
        Eventually.holds("both", () -> other.newest().equals("ann ") && readers() == 1);
    }

    @Test
    void templates_that_differ_are_not_shared() {
        put("ann");
        Agent one = new Agent("1 {{key \"app/name\"}}");
        Agent two = new Agent("2 {{key \"app/name\"}}");
        Eventually.holds("both", () -> one.newest().equals("1 ann") && two.newest().equals("2 ann") && readers() == 2);
    }
}
