package muster.scheduler.job;

import java.util.List;

/**
 * Where a job may be placed at all: in datacenters, by name or with {@code *} for any part of it, and in one node pool. Pure.
 *
 * @param pool {@link #ALL_POOLS} for every one
 */
public record Reach(List<String> datacenters, String pool) {
    /** Where jobs and nodes belong that name no pool. */
    public static final String DEFAULT_POOL = "default";
    /** Not a pool that nodes join: the nodes of all. */
    public static final String ALL_POOLS = "all";

    public Reach {
        datacenters = List.copyOf(datacenters);
    }

    /** That of a job. */
    public static Reach of(Job job) {
        return new Reach(Values.orEmpty(job.datacenters()), job.pool());
    }

    /** Whether a node of this datacenter and pool is within it. */
    public boolean covers(String datacenter, String nodePool) {
        return reaches(nodePool) && datacenters.stream().anyMatch(pattern -> matches(pattern, datacenter));
    }

    /** Whether nodes of a pool are within it, whatever their datacenter. */
    public boolean reaches(String nodePool) {
        return pool.equals(ALL_POOLS) || pool.equals(nodePool);
    }

    /** Whether it is a name, not a pattern. */
    public static boolean isName(String datacenter) {
        return datacenter.indexOf('*') < 0;
    }

    private static boolean matches(String pattern, String name) {
        if (isName(pattern)) {
            return pattern.equals(name);
        }
        String[] parts = pattern.split("\\*", -1);
        String last = parts[parts.length - 1];
        if (!name.startsWith(parts[0]) || name.length() < parts[0].length() + last.length() || !name.endsWith(last)) {
            return false;
        }
        int at = parts[0].length();
        int end = name.length() - last.length();
        for (int i = 1; i < parts.length - 1; i++) {
            int next = name.indexOf(parts[i], at);
            if (next < 0 || next + parts[i].length() > end) {
                return false;
            }
            at = next + parts[i].length();
        }
        return true;
    }
}
