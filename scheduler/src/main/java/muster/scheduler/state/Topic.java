package muster.scheduler.state;

/**
 * What a reader can wait on: a table, an object, or the part of a table that belongs to an object. The state keeps the
 * index of the last change of each, so that a query is woken by what it read and by nothing else.
 */
public final class Topic {
    public static final String JOBS = "jobs";
    public static final String EVALUATIONS = "evals";
    public static final String ALLOCATIONS = "allocs";
    public static final String DEPLOYMENTS = "deployments";
    public static final String NODES = "nodes";
    public static final String SCALING = "scaling_policy";
    public static final String VARIABLES = "vars";
    public static final String SERVICES = "services";
    public static final String NAMESPACES = "namespaces";
    public static final String NODE_POOLS = "node_pools";
    public static final String POLICIES = "acl_policy";
    public static final String TOKENS = "acl_token";
    public static final String ROLES = "acl_roles";
    public static final String AUTH_METHODS = "acl_auth_methods";
    public static final String BINDING_RULES = "acl_binding_rules";
    public static final String CONFIG = "scheduler_config";
    public static final String SERVERS = "servers";
    /** Told where a whole other state came in place of the former: whoever waits for anything looks again. Nobody waits on it. */
    public static final String EVERYTHING = "*";

    private Topic() {}

    public static String job(String namespace, String id) {
        return "job/" + State.key(namespace, id);
    }

    public static String summary(String namespace, String id) {
        return "summary/" + State.key(namespace, id);
    }

    public static String jobAllocations(String namespace, String id) {
        return "job-allocs/" + State.key(namespace, id);
    }

    public static String jobEvaluations(String namespace, String id) {
        return "job-evals/" + State.key(namespace, id);
    }

    public static String jobDeployments(String namespace, String id) {
        return "job-deployments/" + State.key(namespace, id);
    }

    public static String scaling(String namespace, String id) {
        return "scaling/" + State.key(namespace, id);
    }

    public static String variable(String namespace, String path) {
        return "var/" + State.key(namespace, path);
    }

    /** Told when a variable's holder renews his lock, which changes nothing. */
    public static String lockRenewal(String namespace, String path) {
        return "var-lock/" + State.key(namespace, path);
    }

    /** The key of the variable that a topic is about; empty for topics of something else. */
    public static java.util.Optional<String> variableOf(String topic) {
        return topic.startsWith("var/") || isLockRenewal(topic)
                ? java.util.Optional.of(topic.substring(topic.indexOf('/') + 1)) : java.util.Optional.empty();
    }

    public static boolean isLockRenewal(String topic) {
        return topic.startsWith("var-lock/");
    }

    public static String service(String namespace, String name) {
        return "service/" + State.key(namespace, name);
    }

    public static String evaluation(String id) {
        return "eval/" + id;
    }

    public static String allocation(String id) {
        return "alloc/" + id;
    }

    /** The id of the allocation that a topic is about; empty for topics of something else. */
    static String allocationOf(String topic) {
        return topic.startsWith("alloc/") ? topic.substring("alloc/".length()) : "";
    }

    public static String deployment(String id) {
        return "deployment/" + id;
    }

    public static String node(String id) {
        return "node/" + id;
    }

    public static String nodeAllocations(String id) {
        return "node-allocs/" + id;
    }

    /** The allocations of a node as far as servers change them: what its client waits on. */
    public static String nodeOrders(String id) {
        return "node-orders/" + id;
    }
}
