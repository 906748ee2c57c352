package muster.scheduler.reconcile;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import muster.scheduler.job.ConsulConnect;
import muster.scheduler.job.Job;
import muster.scheduler.job.NetworkResource;
import muster.scheduler.job.Port;
import muster.scheduler.job.Resources;
import muster.scheduler.job.Service;
import muster.scheduler.job.Task;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Template;
import muster.scheduler.job.Values;

/** Whether the difference between two versions of a group needs new processes. */
public final class SpecChange {
    private SpecChange() {}

    /** True where an allocation of the old job's group can't become one of the new job's group in place. */
    public static boolean isDestructive(Job oldJob, Job newJob, String groupName) {
        TaskGroup old = oldJob.group(groupName);
        TaskGroup now = newJob.group(groupName);
        if (old == null || now == null || size(old.tasks()) != size(now.tasks())) {
            return true;
        }
        if (!Objects.equals(old.ephemeralDisk(), now.ephemeralDisk())
                || !networks(old.networks()).equals(networks(now.networks()))
                || !Objects.equals(list(oldJob.affinities(), old.affinities()), list(newJob.affinities(), now.affinities()))
                || !Objects.equals(list(oldJob.spreads(), old.spreads()), list(newJob.spreads(), now.spreads()))
                || !Objects.equals(consul(old), consul(now)) || !connects(old).equals(connects(now))) {
            return true;
        }
        for (Task task : Values.orEmpty(now.tasks())) {
            Task before = old.task(task.name());
            if (before == null || isDestructive(before, task)
                    || !meta(oldJob, old, before).equals(meta(newJob, now, task))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isDestructive(Task old, Task now) {
        return !old.driver().equals(now.driver())
                || !old.user().equals(now.user())
                || !Values.orEmpty(old.config()).equals(Values.orEmpty(now.config()))
                || !Values.orEmpty(old.env()).equals(Values.orEmpty(now.env()))
                || !Values.orEmpty(old.artifacts()).equals(Values.orEmpty(now.artifacts()))
                || !Objects.equals(old.vault(), now.vault())
                || changesRoughly(Values.orEmpty(old.templates()), Values.orEmpty(now.templates()))
                || !Values.orEmpty(old.affinities()).equals(Values.orEmpty(now.affinities()))
                || isDestructive(old.resources(), now.resources());
    }

    /** A new text alone, where the reaction to changes is gentle, is rendered by the task that runs. */
    private static boolean changesRoughly(List<Template> old, List<Template> now) {
        boolean rough = old.size() != now.size();
        for (int i = 0; i < now.size() && !rough; i++) {
            Template template = now.get(i);
            rough = !old.get(i).equals(template)
                    && !(template.isGentle() && old.get(i).withText(template.embeddedTmpl()).equals(template));
        }
        return rough;
    }

    private static boolean isDestructive(Resources old, Resources now) {
        return !Objects.equals(old.cpu(), now.cpu()) || !Objects.equals(old.cores(), now.cores())
                || !Objects.equals(old.memoryMB(), now.memoryMB())
                || !Objects.equals(old.memoryMaxMB(), now.memoryMaxMB())
                || !Values.orEmpty(old.devices()).equals(Values.orEmpty(now.devices()))
                || !networks(old.networks()).equals(networks(now.networks()));
    }

    private static int size(List<?> list) {
        return list == null ? 0 : list.size();
    }

    private static <T> List<T> list(List<T> a, List<T> b) {
        List<T> all = new ArrayList<>(Values.orEmpty(a));
        all.addAll(Values.orEmpty(b));
        return all;
    }

    private static String consul(TaskGroup group) {
        return group.consul() == null ? "" : group.consul().namespace();
    }

    private static List<ConsulConnect> connects(TaskGroup group) {
        return Values.orEmpty(group.services()).stream().map(Service::connect).filter(Objects::nonNull).toList();
    }

    private static Map<String, String> meta(Job job, TaskGroup group, Task task) {
        Map<String, String> all = new TreeMap<>(Values.orEmpty(job.meta()));
        all.putAll(Values.orEmpty(group.meta()));
        all.putAll(Values.orEmpty(task.meta()));
        return all;
    }

    private record Net(String mode, Object dns, Integer mBits, List<String> ports) {}

    private static List<Net> networks(List<NetworkResource> networks) {
        return Values.orEmpty(networks).stream().map(n -> {
            List<String> ports = new ArrayList<>();
            for (Port port : Values.orEmpty(n.dynamicPorts())) {
                ports.add(port.label() + " dynamic " + port.to() + ' ' + port.hostNetwork());
            }
            for (Port port : Values.orEmpty(n.reservedPorts())) {
                ports.add(port.label() + ' ' + port.value() + ' ' + port.to() + ' ' + port.hostNetwork());
            }
            ports.sort(null);
            return new Net(n.mode(), n.dns(), n.mBits(), ports);
        }).toList();
    }
}
