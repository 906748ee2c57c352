package muster.registry.agent;

import java.util.List;

/**
 * How metrics are shown. (Consul agent configuration: telemetry)
 *
 * @param prometheus whether they may be read in that format (prometheus_retention_time)
 * @param prefix the first word of every name (metrics_prefix)
 * @param hostname whether the machine's name is the second word of gauges (disable_hostname, turned round)
 * @param allowed whether what no filter names is shown (filter_default)
 * @param filters {@code +NAME} and {@code -NAME}: beginnings of names that are shown or not; the longest one holds (prefix_filter)
 */
public record MetricSettings(boolean prometheus, String prefix, boolean hostname, boolean allowed, List<String> filters) {
    /** Everything, without the machine's name, and not as Prometheus has it. */
    public static final MetricSettings USUAL = new MetricSettings(false, "consul", false, true, List.of());

    public MetricSettings {
        filters = List.copyOf(filters);
    }

    /** Whether a metric is shown, by its name without the machine's. */
    boolean shows(String name) {
        String longest = "";
        boolean shown = allowed;
        for (String filter : filters) {
            String start = filter.substring(1);
            if (name.startsWith(start) && start.length() >= longest.length()) {
                longest = start;
                shown = filter.startsWith("+");
            }
        }
        return shown;
    }
}
