package muster.scheduler.http;

import java.util.List;
import java.util.random.RandomGenerator;
import muster.http.Call;
import muster.http.Reply;
import muster.scheduler.acl.Capability;
import muster.scheduler.acl.Permission;
import muster.scheduler.job.Job;
import muster.scheduler.placement.WhyNot;
import muster.scheduler.state.Node;
import muster.scheduler.state.State;
import muster.scheduler.state.Topic;

/** {@code /v1/job/:id/why-not/:node}: everything that keeps a job off a node. The original has no such page. */
final class WhyNotRoute {
    static final String PART = "/why-not/";

    private final Answers answers;
    private final RandomGenerator random;

    WhyNotRoute(Answers answers, RandomGenerator random) {
        this.answers = answers;
        this.random = random;
    }

    /** @param rest the job's id, {@link #PART}, and the node's name, id or the beginning of its id */
    Reply answer(Call call, String rest) {
        String id = rest.substring(0, rest.lastIndexOf(PART));
        String wanted = rest.substring(rest.lastIndexOf(PART) + PART.length());
        String namespace = answers.allowed(call, Capability.READ_JOB);
        answers.caller(call).require(Permission.NODE_READ);
        return answers.read(call, Topic.NODES, Topic.NODES, state -> {
            Job job = state.job(namespace, id);
            if (job == null) {
                throw new ApiException(404, "job not found");
            }
            return WhyNot.of(state, job, node(state, wanted), random);
        });
    }

    private static Node node(State state, String wanted) {
        List<Node> found = state.nodes().values().stream().filter(node -> node.id().equals(wanted) || node.name().equals(wanted)).toList();
        if (found.isEmpty() && wanted.length() >= 2) {
            found = state.nodes().startingWith(wanted);
        }
        if (found.isEmpty()) {
            throw new ApiException(404, "node not found");
        }
        if (found.size() > 1) {
            throw new ApiException(400, "\"" + wanted + "\" names " + found.size() + " nodes; give the id of one");
        }
        return found.getFirst();
    }
}
