package muster.agent;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** What an agent prints when it is up. Pure. */
final class Summary {
    private Summary() {}

    static String text(AgentOptions options, List<Part.Listening> listening, Duration startup) {
        int width = listening.stream().mapToInt(line -> line.what().length()).max().orElse(0);
        StringBuilder out = new StringBuilder("==> Muster agent\n\n");
        for (Part.Listening line : listening) {
            out.append("    ").append(line.what()).repeat(' ', width - line.what().length()).append("  ").append(line.address()).append('\n');
        }
        String kept = options.dataDir().map(dir -> "kept in " + dir).orElse("in memory, gone when the agent ends");
        out.append("\n    node ").append(options.node()).append(", datacenter ").append(options.datacenter())
                .append(", region ").append(options.region()).append("; state ").append(kept).append('\n');
        String parts = options.parts().stream().sorted().map(part -> part.name().toLowerCase(java.util.Locale.ROOT))
                .collect(Collectors.joining(", "));
        return out.append("\n==> Ready after ").append(startup.toMillis()).append(" ms: ").append(parts)
                .append(". Ctrl-C ends it.\n").toString();
    }
}
