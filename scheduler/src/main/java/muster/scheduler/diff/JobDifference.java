package muster.scheduler.diff;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import muster.scheduler.job.Job;
import muster.scheduler.job.JobTree;

/**
 * Compares two versions of a job by their stored form, so that a field that is new in a record is compared without another
 * line here. What is listed, under which name and in which order, follows Nomad's plans; which version, indexes and times
 * a job has is no difference.
 */
public final class JobDifference {
    private static final Set<String> NOTHING = Set.of();
    private static final Set<String> BOOKKEEPING = Set.of("ID", "Status", "StatusDescription", "Version", "Stable", "CreateIndex",
            "ModifyIndex", "JobModifyIndex", "Update", "SubmitTime", "NomadTokenID", "ConsulToken", "VaultToken");

    private final boolean contextual;
    private final Blocks blocks;

    private JobDifference(boolean contextual) {
        this.contextual = contextual;
        this.blocks = new Blocks(contextual);
    }

    /**
     * The difference.
     *
     * @param before null if there is none
     * @param contextual whether a changed block also lists what is unchanged in it
     */
    public static JobDiff of(Job before, Job after, boolean contextual) {
        return new JobDifference(contextual).job(stored(before), stored(after), after.id());
    }

    private static Map<String, Object> stored(Job job) {
        if (job == null) {
            return null;
        }
        Map<String, Object> tree = JobTree.stored(job);
        tree.keySet().removeAll(BOOKKEEPING);
        return tree;
    }

    private JobDiff job(Map<String, Object> before, Map<String, Object> after, String id) {
        List<ObjectDiff> objects = new ArrayList<>();
        ObjectDiff datacenters = Objects.texts("Datacenters", Objects.list(before, "Datacenters"), Objects.list(after, "Datacenters"), contextual);
        if (datacenters != null && datacenters.type() != DiffType.NONE) {
            objects.add(datacenters);
        }
        objects.addAll(blocks.conditions("Constraint", "Constraints", before, after));
        objects.addAll(blocks.conditions("Affinity", "Affinities", before, after));
        Objects.add(objects, periodic(Objects.object(before, "Periodic"), Objects.object(after, "Periodic"), contextual));
        Objects.add(objects, blocks.parameterized(Objects.object(before, "ParameterizedJob"), Objects.object(after, "ParameterizedJob")));
        List<TaskGroupDiff> groups = new ArrayList<>();
        pairs(before, after, "TaskGroups").forEach((name, pair) -> groups.add(group(name, pair.before(), pair.after())));
        groups.sort(java.util.Comparator.comparing(TaskGroupDiff::name));
        List<FieldDiff> fields = Flat.fields(
                Flat.scalars(before, NOTHING, Set.of("Meta")), Flat.scalars(after, NOTHING, Set.of("Meta")), false);
        DiffType type = DiffType.of(before != null, true, after.equals(before));
        return new JobDiff(orNull(fields), id, orNull(objects), orNull(groups), type);
    }

    private record Pair(Map<String, Object> before, Map<String, Object> after) {}

    /** The members of a list on both sides, by name. */
    private static Map<String, Pair> pairs(Map<String, Object> before, Map<String, Object> after, String member) {
        Map<String, Map<String, Object>> left = new TreeMap<>();
        Objects.objects(before, member).forEach(object -> left.put((String) object.get("Name"), object));
        Map<String, Map<String, Object>> right = new TreeMap<>();
        Objects.objects(after, member).forEach(object -> right.put((String) object.get("Name"), object));
        Set<String> names = new TreeSet<>(left.keySet());
        names.addAll(right.keySet());
        Map<String, Pair> pairs = new TreeMap<>();
        names.forEach(name -> pairs.put(name, new Pair(left.get(name), right.get(name))));
        return pairs;
    }

    private TaskGroupDiff group(String name, Map<String, Object> before, Map<String, Object> after) {
        List<ObjectDiff> objects = new ArrayList<>();
        objects.addAll(blocks.conditions("Constraint", "Constraints", before, after));
        objects.addAll(blocks.conditions("Affinity", "Affinities", before, after));
        for (String policy : List.of("RestartPolicy", "ReschedulePolicy", "EphemeralDisk")) {
            Objects.add(objects, Objects.plain(policy, Objects.object(before, policy), Objects.object(after, policy), contextual));
        }
        Objects.add(objects, Objects.plain("Update", Objects.object(before, "Update"), Objects.object(after, "Update"),
                Set.of("Stagger"), NOTHING, contextual));
        objects.addAll(Objects.set(Objects.objects(before, "Networks"), Objects.objects(after, "Networks"), blocks::network));
        objects.addAll(Objects.named("Name", Objects.objects(before, "Services"), Objects.objects(after, "Services"), blocks::service));
        objects.addAll(Objects.named("Name", volumes(before), volumes(after), blocks::volume));
        List<TaskDiff> tasks = new ArrayList<>();
        pairs(before, after, "Tasks").forEach((task, pair) -> tasks.add(task(task, pair.before(), pair.after())));
        List<FieldDiff> fields = Flat.fields(Flat.scalars(before, Set.of("Name"), Set.of("Meta")),
                Flat.scalars(after, Set.of("Name"), Set.of("Meta")), false);
        DiffType type = DiffType.of(before != null, after != null, before != null && before.equals(after));
        return new TaskGroupDiff(orNull(fields), name, orNull(objects), orNull(tasks), type, null);
    }

    private static List<Map<String, Object>> volumes(Map<String, Object> group) {
        Map<String, Object> volumes = Objects.object(group, "Volumes");
        List<Map<String, Object>> list = new ArrayList<>();
        if (volumes != null) {
            volumes.keySet().forEach(name -> list.add(Objects.object(volumes, name)));
        }
        return list;
    }

    private TaskDiff task(String name, Map<String, Object> before, Map<String, Object> after) {
        List<ObjectDiff> objects = new ArrayList<>();
        objects.addAll(blocks.conditions("Constraint", "Constraints", before, after));
        objects.addAll(blocks.conditions("Affinity", "Affinities", before, after));
        Objects.add(objects, blocks.config(Objects.object(before, "Config"), Objects.object(after, "Config")));
        Objects.add(objects, blocks.resources(Objects.object(before, "Resources"), Objects.object(after, "Resources")));
        Objects.add(objects, Objects.plain("LogConfig", Objects.object(before, "LogConfig"), Objects.object(after, "LogConfig"), contextual));
        Objects.add(objects, Objects.plain("DispatchPayload", Objects.object(before, "DispatchPayload"),
                Objects.object(after, "DispatchPayload"), contextual));
        objects.addAll(Objects.set(Objects.objects(before, "Artifacts"), Objects.objects(after, "Artifacts"),
                (a, b) -> Objects.plain("Artifact", a, b, NOTHING, Set.of("GetterOptions", "GetterHeaders"), contextual)));
        objects.addAll(Objects.named("Name", Objects.objects(before, "Services"), Objects.objects(after, "Services"), blocks::service));
        Objects.add(objects, blocks.vault(Objects.object(before, "Vault"), Objects.object(after, "Vault")));
        objects.addAll(Objects.named("DestPath", Objects.objects(before, "Templates"), Objects.objects(after, "Templates"),
                (a, b) -> Objects.plain("Template", a, b, contextual)));
        Set<String> maps = Set.of("Meta", "Env");
        List<FieldDiff> fields = Flat.fields(
                Flat.scalars(before, Set.of("Name"), maps), Flat.scalars(after, Set.of("Name"), maps), false);
        DiffType type = DiffType.of(before != null, after != null, before != null && before.equals(after));
        return new TaskDiff(null, orNull(fields), name, orNull(objects), type);
    }

    private static <T> List<T> orNull(List<T> list) {
        return list.isEmpty() ? null : list;
    }

    private static ObjectDiff periodic(Map<String, Object> before, Map<String, Object> after, boolean contextual) {
        ObjectDiff specs = Objects.texts("Specs", Objects.list(before, "Specs"), Objects.list(after, "Specs"), contextual);
        return Objects.composed("Periodic", before, after, Flat.scalars(before, Set.of(), Set.of()), Flat.scalars(after, Set.of(), Set.of()),
                specs == null ? List.of() : List.of(specs), contextual);
    }
}
