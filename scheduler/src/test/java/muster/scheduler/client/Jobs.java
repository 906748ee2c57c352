package muster.scheduler.client;

import java.util.Map;
import muster.scheduler.job.Job;
import muster.scheduler.state.Allocation;
import muster.wire.Json;

/** Jobs and allocations for tests, out of JSON as short as the test allows; single quotes stand for double ones. */
final class Jobs {
    static final String ID = "11111111-2222-3333-4444-555555555555";

    private Jobs() {}

    /** A job with one group {@code web} and these tasks, as JSON objects. */
    static Job job(String type, String groupFields, String tasks) {
        return Json.read(Job.class, quoted("{'ID':'app','Name':'app','Type':'" + type + "','Namespace':'default','Region':'global',"
                + "'Meta':{'owner':'me','dash-key':'x'},'TaskGroups':[{'Name':'web','Count':1,"
                + "'RestartPolicy':{'Attempts':2,'Delay':15000000000,'Interval':1800000000000,'Mode':'fail'},"
                + groupFields + "'Tasks':[" + tasks + "]}]}").getBytes(java.nio.charset.StandardCharsets.UTF_8), Json.Unknown.REFUSE);
    }

    static String quoted(String text) {
        return text.replace('\'', '"');
    }

    /** An allocation of the job with port {@code http} 20001 on 127.0.0.1. */
    static Allocation allocation(String id, Job job, String more) {
        StringBuilder tasks = new StringBuilder();
        job.taskGroups().getFirst().tasks().forEach(task -> tasks.append(tasks.isEmpty() ? "" : ",").append('\'').append(task.name())
                .append("':{'Cpu':{'CpuShares':20},'Memory':{'MemoryMB':30}}"));
        String json = quoted("{'ID':'" + id + "','Name':'app.web[3]','Namespace':'default','JobID':'app','TaskGroup':'web',"
                + "'DesiredStatus':'run','ClientStatus':'pending','AllocModifyIndex':1,'AllocatedResources':{'Tasks':{" + tasks
                + "},'Shared':{'DiskMB':300,'Ports':[{'Label':'http','Value':20001,'To':0,'HostIP':'127.0.0.1'}]}}"
                + (more.isEmpty() ? "" : "," + more) + "}");
        return Json.read(Allocation.class, json.getBytes(java.nio.charset.StandardCharsets.UTF_8), Json.Unknown.REFUSE).withJob(job);
    }

    static Map<String, Object> map(Object value) {
        Map<String, Object> map = new java.util.TreeMap<>();
        ((Map<?, ?>) value).forEach((key, item) -> map.put(String.valueOf(key), item));
        return map;
    }
}
