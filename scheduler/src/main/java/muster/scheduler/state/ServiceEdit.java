package muster.scheduler.state;

import java.util.List;

/** Services that the scheduler itself lists, by id and by name. Part of an {@link Edit}. */
final class ServiceEdit {
    private final Touched touched;
    private Table<NativeService> all;
    private Table<NativeService> byName;

    ServiceEdit(State from, Touched touched) {
        this.touched = touched;
        all = from.services();
        byName = from.servicesByName();
    }

    Table<NativeService> all() {
        return all;
    }

    Table<NativeService> byName() {
        return byName;
    }

    /** Nothing changes for one that is there as it is. */
    void put(NativeService service) {
        NativeService old = all.get(service.id());
        if (old != null && old.equals(service.at(old.createIndex(), old.modifyIndex()))) {
            return;
        }
        remove(service.id());
        NativeService stored = service.at(old == null ? touched.index : old.createIndex(), touched.index);
        all = all.with(stored.id(), stored);
        byName = byName.with(State.key(stored.namespace(), stored.serviceName(), stored.id()), stored);
        tell(stored);
    }

    void remove(String id) {
        NativeService old = all.get(id);
        if (old != null) {
            all = all.without(id);
            byName = byName.without(State.key(old.namespace(), old.serviceName(), id));
            tell(old);
        }
    }

    /** Removes what an allocation listed. */
    void removeOf(String allocation) {
        all.startingWith(NativeService.idPrefix(allocation)).forEach(service -> remove(service.id()));
    }

    private void tell(NativeService service) {
        touched.topic(Topic.SERVICES, Topic.service(service.namespace(), service.serviceName()));
        touched.change("Service", service.id(), service.namespace(), List.of(service.jobId(), service.serviceName()), service);
    }
}
