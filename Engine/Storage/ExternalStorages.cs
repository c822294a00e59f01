using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Engine.Mbufs;

/// <summary>External storage: its record, and what happens when its last reference ends.</summary>
internal static class ExternalStorages
{
    /// <param name="cache">The cache of the calling thread.</param>
    extension(ThreadCache cache)
    {
        /// <summary>
        /// Points a header, whose own storage is internal and empty, at external storage of which it is the only holder.
        /// </summary>
        public bool TryAttachExternal(ref MbufHeader header, in MbufExternalStorage storage, int length)
        {
            if (!cache.TryTake(ZoneId.External, out uint item))
            {
                return false;
            }

            ref ExternalRecord record = ref cache.Hot.Memory.RecordOf(item);
            record = new ExternalRecord { Count = 1, Storage = storage };
            header.Kind = ZoneId.External;
            header.Storage = item;
            header.Data = cache.Hot.Memory.Raw.OffsetOf(storage);
            header.SegmentLength = length;

            // A counter that others may count up at any time is asked always.
            uint shared = storage.IsCounted ? HeaderFlags.Shared : 0;
            header.Flags = (header.Flags & ~HeaderFlags.OfStorage) | ((uint)storage.Flags & HeaderFlags.ReadOnly) | shared | HeaderFlags.SlowFree;
            return true;
        }

        /// <summary>
        /// Gives storage back that no header refers to any more. External storage waits for <see cref="extension(ThreadCache).RunDueRoutines()"/>.
        /// </summary>
        public void ReturnStorage(ZoneId kind, uint storage)
        {
            if (kind == ZoneId.External)
            {
                cache.Due.Add(in cache.Hot.Memory, storage);
            }
            else
            {
                cache.Return(kind, storage);
            }
        }

        /// <summary>
        /// Calls the free routines that are due, when the chain's own bookkeeping is complete: they may call the engine, and if one
        /// throws, the others are still called and everything is freed. The last thing in every operation that can drop storage.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void RunDueRoutines()
        {
            if (cache.Due.First != 0)
            {
                cache.CallRoutines();
            }
        }

        /// <summary>
        /// Lets free routines wait, for an operation that is made of others: what falls due in those, it runs at its own end, by
        /// <see cref="ReleaseRoutines"/>. Such operations are not made of each other.
        /// </summary>
        public void HoldRoutines()
        {
            Debug.Assert(!cache.Due.AreHeld, "No routine runs meanwhile that could begin another such operation.");
            cache.Due.AreHeld = true;
        }

        /// <summary>Calls the routines that waited.</summary>
        public void ReleaseRoutines()
        {
            cache.Due.AreHeld = false;
            cache.RunDueRoutines();
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private void CallRoutines()
        {
            if (cache.Due.AreHeld)
            {
                return;
            }

            ExceptionDispatchInfo? first = null;
            uint due = cache.Due.TakeAll();
            cache.BeginForeignCall();
            try
            {
                while (due != 0)
                {
                    uint item = due - 1;
                    ref ExternalRecord record = ref cache.Hot.Memory.RecordOf(item);
                    MbufExternalStorage storage = record.IsRoutineDue ? record.Storage : default;
                    due = record.NextDue;
                    record.Storage = default;
                    cache.Return(ZoneId.External, item);
                    storage.TryRelease(ref first); // Of default there is none.
                }
            }
            finally
            {
                cache.EndForeignCall();
                if (due != 0)
                {
                    cache.Due.AddBack(in cache.Hot.Memory, due); // The thread was interrupted where it waited for the gate.
                }
            }

            first?.Throw();
        }
    }
}
