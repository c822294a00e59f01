using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Engine.Mbufs;

/// <summary>
/// A lock-free LIFO of magazines: the last one put back is the first one out, while its mbufs are still warm. A holder that is
/// preempted holds nobody up.
/// </summary>
/// <remarks>
/// The head is one 64-bit word: the magazine's number and a tag that each change increments, so that a head which was popped
/// and pushed again in between is not mistaken for the old one. A loser of the race may read <see cref="Magazine.Below"/> of a
/// magazine that is no longer in the stack; the compare then fails and the value is dropped.
/// </remarks>
internal sealed class MagazineStack(RawMemory memory, long magazinesStart)
{
    private const int CacheLine = 64;

    private PaddedHead _head;

    /// <summary>How many magazines the stack holds; a moment's view.</summary>
    public int Depth
    {
        get
        {
            while (true)
            {
                long head = Volatile.Read(ref _head.Value);
                int depth = (uint)head == 0 ? 0 : Volatile.Read(ref At((uint)head).Depth);
                if (Volatile.Read(ref _head.Value) == head)
                {
                    return depth; // Else the magazine may have been in another stack when it was asked.
                }
            }
        }
    }

    public void Push(Magazine magazine)
    {
        while (true)
        {
            long head = Volatile.Read(ref _head.Value);
            uint top = (uint)head;
            magazine.Below = top;
            magazine.Depth = top == 0 ? 1 : At(top).Depth + 1;
            // [guard: PushIsFence]
            if (Interlocked.CompareExchange(ref _head.Value, Successor(head, magazine.Id), head) == head)
            {
                return;
            }
        }
    }

    public bool TryPop(out Magazine magazine)
    {
        while (true)
        {
            long head = Volatile.Read(ref _head.Value);
            uint top = (uint)head;
            magazine = At(top);
            if (top == 0)
            {
                return false;
            }

            uint below = Volatile.Read(ref magazine.Below);
            if (Interlocked.CompareExchange(ref _head.Value, Successor(head, below), head) == head)
            {
                Prefetch(below);
                return true;
            }
        }
    }

    /// <summary>The magazine on top and those below it; only for the audit, while nothing else is running.</summary>
    public IEnumerable<uint> Ids()
    {
        for (uint id = (uint)_head.Value; id != 0; id = At(id).Below)
        {
            yield return id;
        }
    }

    public Magazine At(uint id) => Magazine.At(memory, magazinesStart + (id * (long)Magazine.Size));

    /// <summary>
    /// The next magazine will be wanted when this one is used up, and may have lain here for long: where there are many, all of its
    /// lines come from memory. Of number 0, which stands for none, there is a magazine, too.
    /// </summary>
    private void Prefetch(uint id)
    {
        for (int line = 0; line < Magazine.Size; line += CacheLine)
        {
            memory.PrefetchBytes(magazinesStart + (id * (long)Magazine.Size) + line);
        }
    }

    // [guard: HeadHasTag]
    private static long Successor(long head, uint id) => ((head >> 32) + 1) << 32 | id;

    /// <summary>The head on cache lines of its own.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 192)]
    private struct PaddedHead
    {
        [FieldOffset(96)]
        public long Value;
    }
}

/// <summary>
/// The depot's empty magazines, for all zones of an arena. There is always one to be had:
/// <see cref="ArenaLayout.MagazineCount"/>.
/// </summary>
internal sealed class EmptyMagazines(MagazineStack stack, int count)
{
    private int _carved;

    public Magazine Take()
    {
        if (stack.TryPop(out Magazine magazine))
        {
            return magazine;
        }

        int id = Interlocked.Increment(ref _carved);
        if (id > count)
        {
            // Unreachable by the sum in ArenaLayout; if it were reached, going on would corrupt memory, so it is not only
            // asserted.
            Debug.Fail("There are enough magazines for every cache, zone and full set of items.");
            throw new InvalidOperationException("The arena has run out of magazines. This is a bug in the engine.");
        }

        magazine = stack.At((uint)id);
        magazine.Id = (uint)id;
        return magazine;
    }

    public void Return(Magazine magazine) => stack.Push(magazine);
}
