package muster.scheduler.client;

import muster.checks.CheckDefinition;
import muster.checks.Thresholds;
import muster.registry.client.HealthCheck.Status;
import muster.wire.Key;

/**
 * A check of a service that the scheduler lists itself: this client runs it, and its results stay with the allocation.
 *
 * @param owner the task whose service it is of, "" for the group's
 * @param task in which a script runs
 * @param initial what it counts as before its first result
 * @param readiness whether a deployment goes on whatever it says ({@code on_update = "ignore"})
 */
record NativeCheck(
        String id,
        String name,
        String service,
        String owner,
        String task,
        CheckDefinition definition,
        Thresholds thresholds,
        Status initial,
        boolean readiness) {
    String mode() {
        return readiness ? "readiness" : "healthiness";
    }

    /**
     * What is known of it. (API page "Client": allocation checks)
     *
     * @param check its name
     * @param group the allocation's name
     * @param status {@code pending}, {@code success} or {@code failure}; there are no warnings
     * @param statusCode of an HTTP check's answer
     * @param task whose service it is of, "" for the group's
     * @param timestamp of the last look, in seconds of the epoch
     */
    record Result(String check, String group, @Key("ID") String id, String mode, String output, String service, String status,
            int statusCode, String task, long timestamp) {}
}
