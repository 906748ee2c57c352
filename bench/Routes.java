import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import muster.lb.route.PathMatcher;
import muster.lb.route.RouteBook;
import muster.lb.route.RouteCommand;
import muster.lb.route.RouteScript;
import muster.lb.route.RouteTable;

/**
 * {@code java -cp 'target/dist/lib/*' bench/Routes.java [ROUTES]}: what it costs to make the table, to change one
 * service of it, and to look a route up in it, with 10, 1,000 and 50,000 routes. One thread, the table's part alone.
 */
final class Routes {
    private static final int ROUNDS = 101;

    public static void main(String[] args) {
        System.out.println("| routes | table made, ms | one change, ms | it allocates, MB | kept, MB | lookup, ns |\n|---|---|---|---|---|---|");
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
        RouteBook book = new RouteBook(PathMatcher.PREFIX, true);
        Map<String, List<RouteCommand.Add>> services = new HashMap<>();
        commands.forEach(command -> services.put(((RouteCommand.Add) command).service(), List.of((RouteCommand.Add) command)));
        long begunAll = System.nanoTime();
        book.services(services);
        double all = (System.nanoTime() - begunAll) / 1e6;
        services.clear();
        commands.clear();
        String one = "service-" + routes / 2;
        for (int round = 0; round < ROUNDS; round++) {
            RouteCommand changed = RouteScript.parse("route add " + one + " host-" + routes / 2 + ".test/path http://10.0.0.2:" + (80 + round) + "/").commands().getFirst();
            long bytes = threads.getCurrentThreadAllocatedBytes();
            long begun = System.nanoTime();
            book.services(Map.of(one, List.of((RouteCommand.Add) changed)));
            times[round] = (System.nanoTime() - begun) / 1e6;
            allocated[round] = (threads.getCurrentThreadAllocatedBytes() - bytes) / 1e6;
        }
        RouteTable table = book.table();
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
        System.out.printf(Locale.ROOT, "| %,d | %.1f | %.3f | %.3f | %.1f | %.0f%s |%n", routes, all, times[ROUNDS / 2], allocated[ROUNDS / 2], kept, lookup, found > 0 ? "" : "!");
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
