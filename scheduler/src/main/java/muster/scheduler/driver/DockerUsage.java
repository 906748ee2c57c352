package muster.scheduler.driver;

import com.github.dockerjava.api.model.CpuStatsConfig;
import com.github.dockerjava.api.model.MemoryStatsConfig;
import com.github.dockerjava.api.model.Statistics;
import com.github.dockerjava.api.model.StatsConfig;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What an engine says of a container's use, in the words of all drivers. Pure. (Engine API: ContainerStats) */
final class DockerUsage {
    private DockerUsage() {}

    /** Shares are over the time between the engine's own two looks, which are a second apart. */
    static TaskUsage of(Optional<Statistics> statistics, Instant now) {
        double total = statistics.map(found -> percent(found, false)).orElse(0.0);
        double user = statistics.map(found -> percent(found, true)).orElse(0.0);
        Optional<MemoryStatsConfig> memory = statistics.map(Statistics::getMemoryStats);
        return new TaskUsage(total, Math.min(total, user), Math.max(0, total - user), memory.map(DockerUsage::resident).orElse(0L),
                memory.map(MemoryStatsConfig::getStats).map(stats -> first(stats.getTotalSwap(), stats.getSwap())).orElse(0L), List.of(), now);
    }

    private static double percent(Statistics statistics, boolean user) {
        CpuStatsConfig cpu = statistics.getCpuStats();
        CpuStatsConfig before = statistics.getPreCpuStats();
        if (cpu == null || before == null || cpu.getCpuUsage() == null || before.getCpuUsage() == null || before.getSystemCpuUsage() == null) {
            return 0;
        }
        double system = first(cpu.getSystemCpuUsage()) - first(before.getSystemCpuUsage());
        double used = user ? first(cpu.getCpuUsage().getUsageInUsermode()) - first(before.getCpuUsage().getUsageInUsermode())
                : first(cpu.getCpuUsage().getTotalUsage()) - first(before.getCpuUsage().getTotalUsage());
        return system <= 0 ? 0 : Math.max(0, 100.0 * used * Math.max(1, first(cpu.getOnlineCpus())) / system);
    }

    /** Without what the kernel can drop at once; control groups of version 2 name the parts of it only. */
    private static long resident(MemoryStatsConfig memory) {
        StatsConfig stats = memory.getStats();
        if (stats == null) {
            return first(memory.getUsage());
        }
        long named = first(stats.getTotalRss(), stats.getRss());
        long parts = first(stats.getActiveAnon()) + first(stats.getInactiveAnon());
        return named > 0 ? named : parts > 0 ? parts : Math.max(0, first(memory.getUsage()) - first(stats.getTotalInactiveFile(), stats.getInactiveFile()));
    }

    private static long first(Long... values) {
        for (Long value : values) {
            if (value != null) {
                return value;
            }
        }
        return 0;
    }
}
