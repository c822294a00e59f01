namespace Engine.Mbufs.Tests.Conformance;

/// <summary>The list of a packet's tags.</summary>
internal static class TagListOperations
{
    private const int NoneGiven = -1;

    public static IReadOnlyDictionary<string, TraceOperation> All { get; } = new Dictionary<string, TraceOperation>
    {
        ["m_tag_delete_chain"] = DeleteFrom,
        ["m_tag_delete_nonpersistent"] = DeleteNonPersistent,
        ["m_tag_locate"] = Locate,
        ["m_tag_find"] = Find,
        ["m_tag_copy_chain"] = CopyAll,
        ["m_tag_init"] = Initialize,
    };

    private static void DeleteFrom(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        int place = step.Line.Integer();
        if (place == NoneGiven)
        {
            chain.DeleteTags();
        }
        else
        {
            chain.DeleteTagsFrom(TagOperations.TagAt(chain, place));
        }

        step.PutAndShow(mbufs, register, chain);
    }

    private static void DeleteNonPersistent(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        chain.DeleteNonPersistentTags();
        step.PutAndShow(mbufs, register, chain);
    }

    private static void Locate(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        uint cookie = step.Line.Unsigned();
        ushort type = step.Line.Short();
        int after = step.Line.Integer();
        bool found = after == NoneGiven
            ? chain.TryFindTag(cookie, type, out MbufTag tag)
            : chain.TryFindTag(cookie, type, TagOperations.TagAt(chain, after), out tag);
        ShowPlace(step, chain, found, tag);
        step.Machine.Put(register, chain);
    }

    private static void Find(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        ushort type = step.Line.Short();
        int after = step.Line.Integer();
        bool found = after == NoneGiven
            ? chain.TryFindTag(type, out MbufTag tag)
            : chain.TryFindTag(MbufTag.CommonCookie, type, TagOperations.TagAt(chain, after), out tag);
        ShowPlace(step, chain, found, tag);
        step.Machine.Put(register, chain);
    }

    private static void ShowPlace(TraceStep step, MbufChain chain, bool found, MbufTag tag)
    {
        step.Returns(found);
        if (!found)
        {
            return;
        }

        int place = 0;
        foreach (MbufTag other in chain.Tags)
        {
            if (other.Index == tag.Index)
            {
                break;
            }

            place++;
        }

        step.Key("pos", place);
    }

    private static void CopyAll(TraceStep step, in MbufScope mbufs)
    {
        MbufChain to = step.Subject(mbufs, out int register);
        MbufChain from = step.Subject(mbufs, out int source);

        // In two steps: without memory the reference leaves no tags.
        to.DeleteTags();
        step.Key("ret", to.TryCopyTagsFrom(from));
        step.PutAndShow(mbufs, register, to);
        step.PutAndShow(mbufs, source, from);
    }

    private static void Initialize(TraceStep step, in MbufScope mbufs)
    {
        MbufChain chain = step.Subject(mbufs, out int register);
        chain.DeleteTags();
        step.PutAndShow(mbufs, register, chain);
    }
}
