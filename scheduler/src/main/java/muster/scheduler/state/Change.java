package muster.scheduler.state;

import java.util.List;

/**
 * One object that a command changed, as the event stream tells it.
 *
 * @param topic {@code Job}, {@code Allocation}, {@code Evaluation}, {@code Deployment}, {@code Service} or {@code Node}
 * @param type names the command, whatever the topic
 * @param filterKeys further ids under which a listener may want it
 * @param payload the object after the change
 */
public record Change(
        long index, String topic, String type, String key, String namespace, List<String> filterKeys, Record payload) {}
