package muster.lb.route;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One line of Fabio's routing language. {@link #text()} is its normal form, which {@link RouteScript#parse} reads back.
 * An empty text or list stands for "any".
 */
public sealed interface RouteCommand {
    /** The normal form of the line. */
    String text();

    /**
     * Adds a target to a route.
     *
     * @param source {@code HOST/PATH}, {@code /PATH} or {@code :PORT}
     * @param target a URL
     * @param weight the fixed share, 0 for none
     * @param options by name
     */
    record Add(String service, String source, String target, double weight, List<String> tags, SortedMap<String, String> options)
            implements RouteCommand {
        public Add {
            tags = List.copyOf(tags);
            options = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(options));
        }

        @Override
        public String text() {
            StringBuilder out = new StringBuilder("route add ").append(service).append(' ').append(source).append(' ').append(target);
            if (weight > 0) {
                out.append(" weight ").append(decimals(weight));
            }
            quoted(out, "tags", tags, ",");
            quoted(out, "opts", options.entrySet().stream().map(RouteCommand::option).toList(), " ");
            return out.toString();
        }
    }

    /** Removes the targets that match all parts given. */
    record Delete(String service, String source, String target, List<String> tags) implements RouteCommand {
        public Delete {
            tags = List.copyOf(tags);
        }

        @Override
        public String text() {
            StringBuilder out = new StringBuilder("route del");
            for (String part : List.of(service, source, target)) {
                if (!part.isEmpty()) {
                    out.append(' ').append(part);
                }
            }
            quoted(out, "tags", tags, ",");
            return out.toString();
        }
    }

    /** Shares a weight among the targets that match. */
    record Weigh(String service, String source, double weight, List<String> tags) implements RouteCommand {
        public Weigh {
            tags = List.copyOf(tags);
        }

        @Override
        public String text() {
            StringBuilder out = new StringBuilder("route weight ");
            if (!service.isEmpty()) {
                out.append(service).append(' ');
            }
            out.append(source).append(" weight ").append(decimals(weight));
            quoted(out, "tags", tags, ",");
            return out.toString();
        }
    }

    private static String option(Map.Entry<String, String> option) {
        return option.getValue().isEmpty() ? option.getKey() : option.getKey() + "=" + option.getValue();
    }

    private static String decimals(double weight) {
        return String.format(Locale.ROOT, "%.4f", weight);
    }

    private static void quoted(StringBuilder out, String word, List<String> parts, String separator) {
        if (!parts.isEmpty()) {
            out.append(' ').append(word).append(" \"").append(String.join(separator, parts)).append('"');
        }
    }
}
