namespace Engine.Mbufs.Tests.Conformance;

/// <summary>Single packet tags, on a packet and on none.</summary>
internal static class TagOperations
{
    public static IReadOnlyDictionary<string, TraceOperation> All { get; } = new Dictionary<string, TraceOperation>
    {
        ["m_tag_alloc"] = Allocate,
        ["m_tag_get"] = AllocateCommon,
        ["m_tag_free"] = Free,
        ["m_tag_prepend"] = Prepend,
        ["m_tag_unlink"] = Unlink,
        ["m_tag_delete"] = Delete,
        ["m_tag_copy"] = Copy,
    };

    /// <summary>The tag at a place of the list, from 0.</summary>
    public static MbufTag TagAt(in MbufChain chain, int place)
    {
        int left = place;
        foreach (MbufTag tag in chain.Tags)
        {
            if (left == 0)
            {
                return tag;
            }

            left--;
        }

        throw new TraceException($"There is no tag at {place}.");
    }

    private static void Allocate(TraceStep step, in MbufScope mbufs)
    {
        int place = step.TagDestination();
        Allocate(step, mbufs, place, step.Line.Unsigned());
    }

    private static void AllocateCommon(TraceStep step, in MbufScope mbufs)
    {
        int place = step.TagDestination();
        Allocate(step, mbufs, place, cookie: null);
    }

    private static void Allocate(TraceStep step, in MbufScope mbufs, int place, uint? cookie)
    {
        ushort type = step.Line.Short();
        int length = step.Line.Integer();
        uint seed = step.Line.Unsigned();
        MbufTag tag = TryAllocate(mbufs, cookie, type, length);
        if (!tag.IsNull)
        {
            TracePayload.Pattern(seed, length).CopyTo(tag.Data);
        }

        step.Returns(!tag.IsNull);
        step.Machine.PutTag(place, tag);
        step.ShowTag(mbufs, place);
    }

    private static MbufTag TryAllocate(in MbufScope mbufs, uint? cookie, ushort type, int length)
    {
        try
        {
            return cookie is { } given ? mbufs.AllocateTag(given, type, length) : mbufs.AllocateTag(type, length);
        }
        catch (ArgumentOutOfRangeException) when (length < 0)
        {
            return default; // A caller's mistake: null in the reference.
        }
    }

    private static void Free(TraceStep step, in MbufScope mbufs)
    {
        int place = step.Line.Tag();
        step.Machine.TakeTag(mbufs, place).Free();
        step.ShowTag(mbufs, place);
    }

    private static void Prepend(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        chain.PrependTag(step.Machine.TakeTag(mbufs, step.Line.Tag()));
        step.PutAndShow(mbufs, register, chain);
    }

    private static void Unlink(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        MbufTag tag = TagAt(chain, step.Line.Count());
        int place = step.TagDestination();
        chain.UnlinkTag(tag);
        step.Machine.PutTag(place, tag);
        step.PutAndShow(mbufs, register, chain);
        step.ShowTag(mbufs, place);
    }

    private static void Delete(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        chain.DeleteTag(TagAt(chain, step.Line.Count()));
        step.PutAndShow(mbufs, register, chain);
    }

    private static void Copy(TraceStep step, in MbufScope mbufs)
    {
        int place = step.TagDestination();
        MbufChain chain = step.Subject(mbufs, out int register);
        MbufTag copy = TagAt(chain, step.Line.Count()).Duplicate();
        step.Returns(!copy.IsNull);
        step.Machine.PutTag(place, copy);
        step.PutAndShow(mbufs, register, chain);
        step.ShowTag(mbufs, place);
    }
}
