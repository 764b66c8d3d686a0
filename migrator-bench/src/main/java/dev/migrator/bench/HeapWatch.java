package dev.migrator.bench;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/**
 * How much heap is used: by what lives, which is what a collection leaves, and with what could have been collected, which
 * grows to what the JVM lets it.
 */
final class HeapWatch implements AutoCloseable {

    private final AtomicLong largestLeft = new AtomicLong();
    private final NotificationListener listener = (notification, handback) -> collected(notification);
    private final List<MemoryPoolMXBean> pools = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .toList();

    HeapWatch() {
        collect();
        pools.forEach(MemoryPoolMXBean::resetPeakUsage);
        emitters().forEach(emitter -> emitter.addNotificationListener(listener, null, null));
    }

    private static List<NotificationEmitter> emitters() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .filter(NotificationEmitter.class::isInstance)
                .map((GarbageCollectorMXBean collector) -> (NotificationEmitter) collector)
                .toList();
    }

    private void collected(Notification notification) {
        if (notification.getUserData() instanceof CompositeData data
                && notification.getType().equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)) {
            GarbageCollectionNotificationInfo info = GarbageCollectionNotificationInfo.from(data);
            Set<String> names = pools.stream().map(MemoryPoolMXBean::getName).collect(Collectors.toSet());
            long left = info.getGcInfo().getMemoryUsageAfterGc().entrySet().stream()
                    .filter(pool -> names.contains(pool.getKey()))
                    .mapToLong(pool -> pool.getValue().getUsed())
                    .sum();
            largestLeft.accumulateAndGet(left, Math::max);
        }
    }

    /** What is used after a collection now. */
    static long collect() {
        ManagementFactory.getMemoryMXBean().gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** The most that a collection has left. */
    long largestLeft() {
        return largestLeft.get();
    }

    /** The most that was used at a time, garbage included. */
    long peak() {
        return pools.stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
    }

    @Override
    public void close() {
        for (NotificationEmitter emitter : emitters()) {
            try {
                emitter.removeNotificationListener(listener);
            } catch (ListenerNotFoundException e) {
                throw new IllegalStateException("a collector has lost its listener", e);
            }
        }
    }
}
