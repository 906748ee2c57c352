package muster.raft;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.ratis.metrics.LongCounter;
import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.metrics.MetricRegistryInfo;
import org.apache.ratis.metrics.RatisMetricRegistry;
import org.apache.ratis.metrics.Timekeeper;
import org.apache.ratis.util.TimeDuration;

/**
 * The engine counts and times through an interface that it must find an implementation of. This one keeps nothing: nobody
 * reads the engine's own figures. Public with a public constructor only because the engine finds it as a service.
 */
public final class NoMetrics extends MetricRegistries {
    private static final Timekeeper.Context NO_TIME = () -> 0;

    /** For the engine. */
    public NoMetrics() {}

    private record Registry(MetricRegistryInfo about) implements RatisMetricRegistry {
        @Override
        public Timekeeper timer(String name) {
            return () -> NO_TIME;
        }

        @Override
        public LongCounter counter(String name) {
            return new NoCounter();
        }

        @Override
        public boolean remove(String name) {
            return false;
        }

        @Override
        public <T> void gauge(String name, Supplier<Supplier<T>> gauge) {}

        @Override
        public MetricRegistryInfo getMetricRegistryInfo() {
            return about;
        }
    }

    private static final class NoCounter implements LongCounter {
        @Override
        public void inc(long by) {}

        @Override
        public void dec(long by) {}

        @Override
        public long getCount() {
            return 0;
        }
    }

    @Override
    public RatisMetricRegistry create(MetricRegistryInfo about) {
        return new Registry(about);
    }

    @Override
    public boolean remove(MetricRegistryInfo about) {
        return true;
    }

    @Override
    public Optional<RatisMetricRegistry> get(MetricRegistryInfo about) {
        return Optional.empty();
    }

    @Override
    public Set<MetricRegistryInfo> getMetricRegistryInfos() {
        return Set.of();
    }

    @Override
    public Collection<RatisMetricRegistry> getMetricRegistries() {
        return List.of();
    }

    @Override
    public void clear() {}

    @Override
    public void addReporterRegistration(Consumer<RatisMetricRegistry> report, Consumer<RatisMetricRegistry> stop) {}

    @Override
    public void enableJmxReporter() {}

    @Override
    public void enableConsoleReporter(TimeDuration rate) {}
}
