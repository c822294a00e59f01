using System.Diagnostics;

namespace Engine.Mbufs;

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
