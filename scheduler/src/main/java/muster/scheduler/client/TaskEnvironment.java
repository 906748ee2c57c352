package muster.scheduler.client;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import muster.scheduler.driver.Isolation;
import muster.scheduler.job.Job;
import muster.scheduler.job.NetworkResource;
import muster.scheduler.job.Port;
import muster.scheduler.job.Task;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Values;
import muster.scheduler.state.AllocatedPort;
import muster.scheduler.state.AllocatedTaskResources;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Node;

/**
 * What a task is told: its environment, and the values that {@code ${...}} stands for. Immutable and pure. (Nomad docs:
 * "Runtime Environment Variables", "Interpolation")
 *
 * @param variables the environment
 * @param nodeValues {@code node.*}, {@code attr.*} and {@code meta.*} of the node, and what else texts may refer to
 */
record TaskEnvironment(Map<String, String> variables, Map<String, String> nodeValues) {
    /** What of the agent's own environment is not handed on, lest tasks act in the agent's name. */
    private static final Set<String> WITHHELD = Set.of("CONSUL_TOKEN", "CONSUL_HTTP_TOKEN", "VAULT_TOKEN", "NOMAD_LICENSE",
            "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "GOOGLE_APPLICATION_CREDENTIALS");

    private static final int SHORT = 8;
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^{}]+)\\}");
    private static final Pattern ENV = Pattern.compile("env\\[\"([^\"]+)\"\\]");

    TaskEnvironment {
        variables = Map.copyOf(variables);
        nodeValues = Map.copyOf(nodeValues);
    }

    /** What the node knows, from which all environments on it are made. */
    record Ground(Node node, String region, Map<String, String> agentEnvironment, String registryAddress) {}

    /** The environment of one task, its folders under the names that the agent knows. */
    static TaskEnvironment of(Ground ground, Allocation allocation, Task task, AllocationFolder folder) {
        return of(ground, allocation, task, folder, Isolation.NONE);
    }

    /** The environment of one task as it sees its folders. */
    static TaskEnvironment of(Ground ground, Allocation allocation, Task task, AllocationFolder folder, Isolation isolation) {
        Map<String, String> values = nodeValues(ground, allocation);
        Map<String, String> env = isolation == Isolation.IMAGE ? new LinkedHashMap<>() : inherited(ground);
        group(env, ground, allocation);
        env.put("NOMAD_TASK_NAME", task.name());
        boolean own = isolation != Isolation.NONE;
        env.put("NOMAD_ALLOC_DIR", own ? "/alloc" : folder.shared().toString());
        env.put("NOMAD_TASK_DIR", own ? "/local" : folder.local(task.name()).toString());
        env.put("NOMAD_SECRETS_DIR", own ? "/secrets" : folder.secrets(task.name()).toString());
        resources(env, allocation, task.name());
        meta(env, allocation, task, values);
        TaskEnvironment known = new TaskEnvironment(env, values);
        Map<String, String> told = new LinkedHashMap<>(env);
        Values.orEmpty(task.env()).forEach((name, value) -> told.put(clean(name, true), known.interpolate(value)));
        return new TaskEnvironment(told, values);
    }

    /** What a group's services may refer to. */
    static TaskEnvironment ofGroup(Ground ground, Allocation allocation) {
        Map<String, String> values = nodeValues(ground, allocation);
        Map<String, String> env = inherited(ground);
        group(env, ground, allocation);
        meta(env, allocation, null, values);
        return new TaskEnvironment(env, values);
    }

    /** The same with more variables, for what templates set. */
    TaskEnvironment with(Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>(variables);
        all.putAll(more);
        return new TaskEnvironment(all, nodeValues);
    }

    /** Everything under its name, as templates see it. */
    Map<String, String> all() {
        Map<String, String> all = new LinkedHashMap<>(nodeValues);
        all.putAll(variables);
        return all;
    }

    private static Map<String, String> nodeValues(Ground ground, Allocation allocation) {
        Node node = ground.node();
        Map<String, String> values = new LinkedHashMap<>();
        values.put("node.unique.id", node.id());
        values.put("node.unique.name", node.name());
        values.put("node.datacenter", node.datacenter());
        values.put("node.region", ground.region());
        values.put("node.class", node.nodeClass());
        Values.orEmpty(node.attributes()).forEach((key, value) -> values.put("attr." + key, value));
        Values.orEmpty(node.meta()).forEach((key, value) -> values.put("meta." + key, value));
        // Known where it is asked for; the environment of the version that is followed does not have it.
        values.put("NOMAD_SHORT_ALLOC_ID", allocation.id().substring(0, Math.min(SHORT, allocation.id().length())));
        return values;
    }

    private static Map<String, String> inherited(Ground ground) {
        Map<String, String> env = new LinkedHashMap<>();
        new TreeMap<>(ground.agentEnvironment()).forEach((name, value) -> {
            if (!WITHHELD.contains(name)) {
                env.put(name, value);
            }
        });
        if (!ground.registryAddress().isEmpty()) {
            env.putIfAbsent("CONSUL_HTTP_ADDR", ground.registryAddress());
        }
        return env;
    }

    private static void group(Map<String, String> env, Ground ground, Allocation allocation) {
        Job job = allocation.job();
        env.put("NOMAD_ALLOC_ID", allocation.id());
        env.put("NOMAD_ALLOC_NAME", allocation.name());
        env.put("NOMAD_ALLOC_INDEX", index(allocation.name()));
        env.put("NOMAD_GROUP_NAME", allocation.taskGroup());
        env.put("NOMAD_JOB_ID", job.id());
        env.put("NOMAD_JOB_NAME", Values.text(job.name()));
        if (!Values.text(job.parentId()).isEmpty()) {
            env.put("NOMAD_JOB_PARENT_ID", job.parentId());
        }
        env.put("NOMAD_DC", ground.node().datacenter());
        env.put("NOMAD_REGION", ground.region());
        env.put("NOMAD_NAMESPACE", allocation.namespace());
        if (allocation.allocatedResources() != null && allocation.allocatedResources().shared() != null) {
            for (AllocatedPort port : Values.orEmpty(allocation.allocatedResources().shared().ports())) {
                port(env, port.label(), port.hostIP(), port.value(), port.to());
                String inside = inside(port.value(), port.to());
                env.put("NOMAD_ALLOC_PORT_" + clean(port.label(), false), inside);
                if (allocation.networkStatus() != null) {
                    env.put("NOMAD_ALLOC_IP_" + clean(port.label(), false), allocation.networkStatus().address());
                    env.put("NOMAD_ALLOC_ADDR_" + clean(port.label(), false),
                            address(allocation.networkStatus().address(), Integer.parseInt(inside)));
                }
            }
        }
    }

    private static void resources(Map<String, String> env, Allocation allocation, String task) {
        if (allocation.allocatedResources() == null) {
            return;
        }
        Map<String, AllocatedTaskResources> all = Values.orEmpty(allocation.allocatedResources().tasks());
        all.forEach((name, resources) -> {
            for (NetworkResource network : Values.orEmpty(resources.networks())) {
                for (Port port : ports(network)) {
                    if (name.equals(task)) {
                        port(env, port.label(), network.ip(), port.value(), port.to());
                    } else {
                        String suffix = clean(name, false) + "_" + clean(port.label(), false);
                        env.put("NOMAD_IP_" + suffix, network.ip());
                        env.put("NOMAD_PORT_" + suffix, String.valueOf(port.value()));
                        env.put("NOMAD_ADDR_" + suffix, address(network.ip(), port.value()));
                    }
                }
            }
        });
        AllocatedTaskResources own = all.get(task);
        if (own == null) {
            return;
        }
        if (own.cpu() != null) {
            env.put("NOMAD_CPU_LIMIT", String.valueOf(own.cpu().cpuShares()));
            List<Integer> cores = Values.orEmpty(own.cpu().reservedCores());
            if (!cores.isEmpty()) {
                env.put("NOMAD_CPU_CORES", ranges(cores));
            }
        }
        if (own.memory() != null) {
            env.put("NOMAD_MEMORY_LIMIT", String.valueOf(own.memory().memoryMB()));
            if (own.memory().memoryMaxMB() > 0) {
                env.put("NOMAD_MEMORY_MAX_LIMIT", String.valueOf(own.memory().memoryMaxMB()));
            }
        }
    }

    /** Processors as the kernel lists them: {@code 0-2,7}. */
    static String ranges(List<Integer> numbers) {
        List<Integer> sorted = numbers.stream().sorted().distinct().toList();
        List<String> ranges = new ArrayList<>();
        for (int from = 0, to; from < sorted.size(); from = to + 1) {
            to = from;
            while (to + 1 < sorted.size() && sorted.get(to + 1) == sorted.get(to) + 1) {
                to++;
            }
            ranges.add(from == to ? String.valueOf(sorted.get(from)) : sorted.get(from) + "-" + sorted.get(to));
        }
        return String.join(",", ranges);
    }

    static List<Port> ports(NetworkResource network) {
        List<Port> ports = new ArrayList<>(Values.orEmpty(network.reservedPorts()));
        ports.addAll(Values.orEmpty(network.dynamicPorts()));
        return ports;
    }

    private static void port(Map<String, String> env, String label, String ip, int value, int to) {
        String name = clean(label, false);
        String address = address(ip, value);
        env.put("NOMAD_IP_" + name, ip);
        env.put("NOMAD_PORT_" + name, inside(value, to));
        env.put("NOMAD_ADDR_" + name, address);
        env.put("NOMAD_HOST_IP_" + name, ip);
        env.put("NOMAD_HOST_PORT_" + name, String.valueOf(value));
        env.put("NOMAD_HOST_ADDR_" + name, address);
    }

    private static String address(String ip, int port) {
        return (ip.contains(":") ? "[" + ip + "]" : ip) + ":" + port;
    }

    private static String inside(int value, int to) {
        return String.valueOf(to > 0 ? to : value);
    }

    private static void meta(Map<String, String> env, Allocation allocation, Task task, Map<String, String> values) {
        Map<String, String> meta = new TreeMap<>(Values.orEmpty(allocation.job().meta()));
        TaskGroup group = allocation.group();
        meta.putAll(Values.orEmpty(group.meta()));
        if (task != null) {
            meta.putAll(Values.orEmpty(task.meta()));
        }
        TaskEnvironment known = new TaskEnvironment(env, values);
        meta.forEach((key, value) -> {
            String told = known.interpolate(value);
            env.put("NOMAD_META_" + clean(key, false), told);
            env.put("NOMAD_META_" + clean(key, false).toUpperCase(Locale.ROOT), told);
        });
    }

    /** The number in {@code job.group[7]}. */
    static String index(String allocationName) {
        int open = allocationName.lastIndexOf('[');
        return open < 0 || !allocationName.endsWith("]") ? "" : allocationName.substring(open + 1, allocationName.length() - 1);
    }

    /** A name as an environment variable may have it; dots stay where the job's author wrote the whole name. */
    private static String clean(String name, boolean dots) {
        StringBuilder text = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean fine = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || dots && c == '.';
            text.append(fine ? c : '_');
        }
        return text.toString();
    }

    /** Puts in what is known for each {@code ${name}} and {@code ${env["NAME"]}}; what is unknown stays as text. */
    String interpolate(String text) {
        if (text == null || text.indexOf("${") < 0) {
            return text == null ? "" : text;
        }
        Matcher matcher = REFERENCE.matcher(text);
        StringBuilder out = new StringBuilder();
        int end = 0;
        while (matcher.find()) {
            String name = matcher.group(1).strip();
            Matcher env = ENV.matcher(name);
            String value = env.matches() ? variables.get(env.group(1)) : variables.getOrDefault(name, nodeValues.get(name));
            out.append(text, end, matcher.start()).append(value == null ? matcher.group() : value);
            end = matcher.end();
        }
        return out.append(text, end, text.length()).toString();
    }

    /** The same for a whole {@code config} block: texts, and what is nested in lists and maps. */
    Map<String, Object> interpolate(Map<String, Object> config) {
        Map<String, Object> out = new LinkedHashMap<>();
        config.forEach((key, value) -> {
            if (value != null) {
                out.put(key, tree(value));
            }
        });
        return out;
    }

    private Object tree(Object value) {
        return switch (value) {
            case String text -> interpolate(text);
            case List<?> list -> list.stream().map(this::tree).toList();
            case Map<?, ?> map -> {
                Map<String, Object> out = new LinkedHashMap<>();
                map.forEach((key, item) -> out.put(interpolate(String.valueOf(key)), tree(item)));
                yield out;
            }
            default -> value;
        };
    }
}
