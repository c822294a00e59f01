namespace Engine.Mbufs.Tests.Model;

/// <summary>What a tag must be. Never changed, so that copies of packets may have it in common.</summary>
internal sealed record ModelTag(uint Cookie, ushort Type, byte[] Data)
{
    public bool Is(MbufTag tag) => tag.Cookie == Cookie && tag.Type == Type && tag.Length == Data.Length && tag.Data.SequenceEqual(Data);

    public bool Is(uint cookie, ushort type) => Cookie == cookie && Type == type;
}

/// <summary>A tag that is on no packet.</summary>
internal readonly record struct LooseTag(MbufTagHandle Handle, ModelTag Model);
