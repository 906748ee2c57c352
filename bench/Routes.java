import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import muster.lb.route.PathMatcher;
import muster.lb.route.RouteCommand;
import muster.lb.route.RouteScript;
import muster.lb.route.RouteTable;

/**
 * {@code java -cp 'target/dist/lib/*' bench/Routes.java [ROUTES]}: what it costs to make the table anew after one change, and to look a
 * route up in it, with 10, 1,000 and 50,000 routes. One thread, the table's part alone.
 */
final class Routes {
    private static final int ROUNDS = 15;

    public static void main(String[] args) {
        System.out.println("| routes | table made anew, ms | allocated, MB | kept, MB | lookup, ns |\n|---|---|---|---|---|");
        for (int routes : new int[] {10, 1_000, args.length > 0 ? Integer.parseInt(args[0]) : 50_000}) {
            measure(routes);
        }
    }

    private static void measure(int routes) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < routes; i++) {
            text.append("route add service-").append(i).append(" host-").append(i).append(".test/path http://10.0.0.1:").append(1000 + i % 60_000).append("/\n");
        }
        List<RouteCommand> commands = new ArrayList<>(RouteScript.parse(text.toString()).commands());
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        double[] times = new double[ROUNDS];
        double[] allocated = new double[ROUNDS];
        long before = used();
        RouteTable table = RouteTable.EMPTY;
        for (int round = 0; round < ROUNDS; round++) {
            commands.set(routes / 2, RouteScript.parse("route add changed-" + round + " host-" + routes / 2 + ".test/path http://10.0.0.2:80/").commands().getFirst());
            long bytes = threads.getCurrentThreadAllocatedBytes();
            long begun = System.nanoTime();
            table = RouteTable.build(commands, PathMatcher.PREFIX, true).table();
            times[round] = (System.nanoTime() - begun) / 1e6;
            allocated[round] = (threads.getCurrentThreadAllocatedBytes() - bytes) / 1e6;
        }
        double kept = (used() - before) / 1e6;
        int found = 0;
        int lookups = 2_000_000;
        String host = "host-" + (routes - 1) + ".test";
        long begun = 0;
        for (int i = -lookups / 2; i < lookups; i++) {
            begun = i == 0 ? System.nanoTime() : begun;
            found += table.lookup(host, "/path/more", false).isPresent() ? 1 : 0;
        }
        double lookup = (System.nanoTime() - begun) / (double) lookups;
        Arrays.sort(times);
        Arrays.sort(allocated);
        System.out.printf(Locale.ROOT, "| %,d | %.1f | %.1f | %.1f | %.0f%s |%n", routes, times[ROUNDS / 2], allocated[ROUNDS / 2], kept, lookup, found > 0 ? "" : "!");
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
